"""A text column that the database only ever sees sealed, and the hash that finds it."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from cases.core.crypto import seal, unseal


class Sealed(bytes):
    """A column's value as it lies in the database, not opened yet."""


class SealedAttribute(DeferredAttribute):
    """Opens on first access, so that a list which shows no sealed column decrypts nothing."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        # BinaryField's own "nothing" is b""; ours is the empty text.
        empty = value == b"" and not isinstance(value, Sealed)
        instance.__dict__[self.field.attname] = "" if empty else value


class EncryptedTextField(models.BinaryField):
    """Text sealed with the data key of `instance.key_holder()`, bound to table, column and row.

    It cannot be filtered on; keep a `lookup_hash` column beside it where look-up is needed.
    """

    descriptor_class = SealedAttribute
    # For the type checker: the attribute is text, although the column is bytes.
    _pyi_private_set_type: str  # type: ignore[assignment]
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        return []  # the default of this column is text: it is sealed when the row is saved

    def deconstruct(self) -> tuple[Any, ...]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def bound_to(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}|{self.column}|{instance.pk}"

    def open(self, instance: Any, value: Sealed) -> str:
        if not value:
            return ""
        return unseal(instance.key_holder().data_key(), value, self.bound_to(instance))

    def from_db_value(self, value: Any, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, model_instance: Any, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        if value == "":
            return Sealed(b"")
        key = model_instance.key_holder().data_key()
        return Sealed(seal(key, value, self.bound_to(model_instance)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("An encrypted column takes its value through a saved instance only.")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("An encrypted column is not serialised.")


class LookupHashField(models.CharField):
    """The `lookup_hash` of a sealed column; `of` makes it anew from the row when the key rotates.

    To the database and its migrations it is a text of 64 characters.
    """

    def __init__(self, *args: Any, of: Callable[[Any], str] | None = None, **kwargs: Any) -> None:
        self.of = of
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[Any, ...]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
