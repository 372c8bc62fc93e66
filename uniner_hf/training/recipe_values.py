"""The values of a recipe, checked against the fields that they fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any


def field_names(classes: Iterable[type]) -> list[str]:
    """Return the names of the fields of dataclasses."""
    return [field.name for one in classes for field in fields(one)]


def unknown_key(key: str, classes: Iterable[type]) -> str | None:
    """Return what is wrong with a key, or None where it is a field of one of the dataclasses.

    Example:
        >>> from uniner_hf.training.set_options import SetOptions
        >>> unknown_key("repaet", [SetOptions])
        "unknown key 'repaet': did you mean repeat?"
    """
    known = field_names(classes)
    if key in known:
        return None
    close = get_close_matches(key, known, n=1)
    return f"unknown key {key!r}: " + (f"did you mean {close[0]}?" if close else "docs/training.md lists the keys.")


def checked_values(values: Mapping[str, Any], classes: Iterable[type], source: str) -> dict[str, Any]:
    """Return the values of a recipe, numbers that YAML leaves as text (`6e-4`) read as such.

    Args:
        values: by key.
        classes: the dataclasses whose fields the keys name.
        source: what to call the recipe in a message.

    Raises:
        ValueError: a key that no class has, or a text where the field's default is a number or a truth value.

    Example:
        >>> from uniner_hf.training.set_options import SetOptions
        >>> checked_values({"share_of_empty": "1e-1"}, [SetOptions], "recipe.yaml")
        {'share_of_empty': 0.1}
    """
    defaults = {field.name: field.default for one in classes for field in fields(one)}
    for key in values:
        if problem := unknown_key(str(key), classes):
            raise ValueError(f"{source}: {problem}")
    return {key: _checked(key, value, defaults[key], source) for key, value in values.items()}


def select_fields(values: Mapping[str, Any], one: type) -> dict[str, Any]:
    """Return the values that are fields of a dataclass."""
    names = field_names([one])
    return {key: value for key, value in values.items() if key in names}


def _checked(key: str, value: Any, default: Any, source: str) -> Any:
    if value is None or not isinstance(default, (bool, int, float)):
        return value
    if isinstance(default, bool) or isinstance(value, bool):
        if not (isinstance(default, bool) and isinstance(value, bool)):
            expected = "true or false" if isinstance(default, bool) else "a number"
            raise ValueError(f"{source}: expected {key} to be {expected}, found {value!r}.")
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{source}: expected {key} to be a number, found {value!r}.") from None
    return int(number) if isinstance(default, int) and number.is_integer() else number
