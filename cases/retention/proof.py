"""A certificate in words: tables by the names people know, rules as they stood."""

from django.apps import apps
from django.utils.translation import gettext

from cases.retention.models import OTHER_ROWS, Certificate, RetentionRule


def lines_of(certificate: Certificate) -> list[tuple[str, int]]:
    """What was deleted and how many, the most first."""
    names = {
        model._meta.db_table: str(model._meta.verbose_name_plural)
        for model in apps.get_models(include_auto_created=True)
    } | {OTHER_ROWS: gettext("rows not told apart")}
    counted = sorted(certificate.rows.items(), key=lambda line: (-line[1], line[0]))
    return [(names.get(table, table), number) for table, number in counted]


def rules_of(certificate: Certificate) -> list[tuple[RetentionRule, int]]:
    rules = RetentionRule.objects.in_bulk(list(certificate.rules))
    found = ((rules.get(key), number) for key, number in _by_id(certificate))
    return [(rule, number) for rule, number in found if rule is not None]


def _by_id(certificate: Certificate) -> list[tuple[object, int]]:
    to_id = RetentionRule._meta.pk.to_python
    return [(to_id(key), number) for key, number in sorted(certificate.rules.items())]
