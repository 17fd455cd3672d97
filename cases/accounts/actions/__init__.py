"""Writes about users, each with its audit event in the same transaction."""

from cases.accounts.actions.own import change_settings, choose_password, end_own_sessions

__all__ = ["change_settings", "choose_password", "end_own_sessions"]
