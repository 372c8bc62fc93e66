"""The values of a recipe, checked against the fields that they fill."""

from __future__ import annotations

import collections.abc
from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from enum import Enum
from os import PathLike
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_WORD, _NUMBER, _TRUTH = "a word", "a number", "true or false"
_KINDS: dict[Any, str] = {
    str: _WORD,
    bool: _TRUTH,
    float: _NUMBER,
    int: "a whole number",
    list: "a list",
    collections.abc.Sequence: "a list",
    dict: "a mapping of names to values",
    collections.abc.Mapping: "a mapping of names to values",
}


def field_names(classes: Iterable[type]) -> list[str]:
    """Return the names of the fields of dataclasses."""
    return [field.name for one in classes for field in fields(one)]


def unknown_key(key: str, classes: Iterable[type]) -> str | None:
    """Return what is wrong with a key, or None where it is a field of one of the dataclasses.

    Example:
        >>> from uniner_hf.training.set_options import SetOptions
        >>> unknown_key("wieght", [SetOptions])
        "unknown key 'wieght': did you mean weight?"
    """
    known = field_names(classes)
    if key in known:
        return None
    close = get_close_matches(key, known, n=1)
    return f"unknown key {key!r}: " + (f"did you mean {close[0]}?" if close else "docs/training.md lists the keys.")


def checked_values(values: Mapping[str, Any], classes: Iterable[type], source: str) -> dict[str, Any]:
    """Return the values of a recipe: numbers that YAML leaves as text (`6e-4`) and a bare `no` read as meant.

    Args:
        values: by key.
        classes: the dataclasses whose fields the keys name.
        source: what to call the recipe in a message.

    Raises:
        ValueError: a key that no class has, or a value that is not of the field's type.

    Example:
        >>> from uniner_hf.training.set_options import SetOptions
        >>> checked_values({"share_of_empty": "1e-1"}, [SetOptions], "recipe.yaml")
        {'share_of_empty': 0.1}
    """
    for key in values:
        if problem := unknown_key(str(key), classes):
            raise ValueError(f"{source}: {problem}")
    hints = {name: hint for one in classes for name, hint in get_type_hints(one).items()}
    defaults = {field.name: field.default for one in classes for field in fields(one)}
    return {key: _checked(key, value, hints[key], defaults[key], source) for key, value in values.items()}


def select_fields(values: Mapping[str, Any], one: type) -> dict[str, Any]:
    """Return the values that are fields of a dataclass."""
    names = field_names([one])
    return {key: value for key, value in values.items() if key in names}


def _checked(key: str, value: Any, hint: Any, default: Any, source: str) -> Any:
    members = _members(hint)
    kinds = list(dict.fromkeys(kind for member in members if (kind := _KINDS.get(get_origin(member) or member))))
    if value is None or not kinds:
        return value
    if isinstance(value, PathLike):
        return str(value)
    if isinstance(value, bool):
        return _checked_truth(key, value, members, kinds, source)
    if isinstance(value, str) and _WORD in kinds:
        return value
    if isinstance(value, list) and "a list" in kinds:
        _check_words(key, value, members, source)
        return value
    if isinstance(value, dict) and "a mapping of names to values" in kinds:
        return value
    number = _number(value)
    if number is not None and float in members:
        # Steps may be given as a share of all or as a number, which is a whole one.
        return int(number) if isinstance(default, int) and number.is_integer() else number
    if number is not None and int in members and number.is_integer():
        return int(number)
    hint_text = "; put it in quotes" if number is not None and _WORD in kinds else ""
    raise ValueError(f"{source}: expected {key} to be {' or '.join(kinds)}, found {value!r}{hint_text}.")


def _members(hint: Any) -> list[Any]:
    """Return the types that a union is of, words in the place of enumerations."""
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    plain = [type(get_args(member)[0]) if get_origin(member) is Literal else member for member in members]
    return [*plain, *([str] if any(_is_enumeration(member) for member in plain) else [])]


def _is_enumeration(member: Any) -> bool:
    return isinstance(member, type) and issubclass(member, Enum)


def _checked_truth(key: str, value: bool, members: list[Any], kinds: list[str], source: str) -> Any:
    """Return a truth value where one is meant; YAML makes them of the words yes, no, on and off as well."""
    if bool in members:
        return value
    words = [one.value for member in members if _is_enumeration(member) for one in member]
    if not value and "no" in words:
        return "no"
    way_out = "; YAML reads yes, no, on and off so: put the word in quotes" if _WORD in kinds else ""
    raise ValueError(f"{source}: expected {key} to be {' or '.join(kinds)}, found {value!r}{way_out}.")


def _check_words(key: str, value: list[Any], members: list[Any], source: str) -> None:
    of_words = any(get_args(member) == (str,) for member in members)
    wrong = [one for one in value if not isinstance(one, str)]
    if of_words and wrong:
        raise ValueError(
            f"{source}: expected {key} to be a list of words, found {wrong[0]!r} in it; put it in quotes."
        )


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
