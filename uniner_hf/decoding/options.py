"""The options of a call of the pipeline, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

_CHOICES = {
    "occurrences": ("first", "all"),
    "overlaps": ("keep", "longest", "score"),
    "long_text": ("chunk", "error"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a call; `UniversalNERPipeline` says what they mean.

    Raises:
        TypeError: a value that is not of its kind.
        ValueError: a value that is not allowed.
    """

    entity_types: tuple[tuple[str, str | None], ...]
    max_new_tokens: int = 256
    threshold: float | Mapping[str, float] = 0.0
    occurrences: str = "first"
    overlaps: str = "keep"
    long_text: str = "chunk"
    stride: int = 32
    dataset_name: str | None = None

    @classmethod
    def check_names(cls, given: Mapping[str, Any]) -> None:
        """Raise a TypeError for an option that does not exist."""
        names = [field.name for field in fields(cls)]
        for name in given:
            if name not in names:
                raise TypeError(f"Expected options of {', '.join([*names, 'batch_size'])}; found {name!r}.")

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Options:
        """Return the options given by name, checked, with defaults for the others."""
        cls.check_names(given)
        return cls(**{**given, "entity_types": read_entity_types(given.get("entity_types"))})

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"Expected {name} to be one of {', '.join(allowed)}; found {getattr(self, name)!r}.")
        check_integer("max_new_tokens", self.max_new_tokens, least=1)
        check_integer("stride", self.stride, least=0)
        if self.dataset_name is not None and not isinstance(self.dataset_name, str):
            raise TypeError(f"Expected dataset_name to be a str, found {self.dataset_name!r}.")
        self._check_threshold()

    def least_score(self, entity_type: str) -> float:
        """Return the least score of an entity of a type."""
        if isinstance(self.threshold, Mapping):
            return self.threshold.get(entity_type, 0.0)
        return self.threshold

    def _check_threshold(self) -> None:
        values = self.threshold.values() if isinstance(self.threshold, Mapping) else [self.threshold]
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"Expected threshold to be a number from 0 to 1, found {value!r}.")
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"Expected threshold to be a number from 0 to 1, found {value!r}.")
        if isinstance(self.threshold, Mapping):
            asked = [name for name, _ in self.entity_types]
            unknown = [name for name in self.threshold if name not in asked]
            if unknown:
                raise ValueError(f"Expected threshold to name types that are asked ({asked}), found {unknown}.")


def read_entity_types(given: Any) -> tuple[tuple[str, str | None], ...]:
    """Return types and definitions of the argument `entity_types`; a type named twice is asked once.

    Example:
        >>> read_entity_types(["city", "river", "city"])
        (('city', None), ('river', None))

    Raises:
        TypeError: neither a list nor a dict of strings.
        ValueError: no type, or an empty one.
    """
    if given is None or isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        raise TypeError(
            f"Expected entity_types to be a list of types or a dict of definitions, found {given!r}; "
            "for example entity_types=['person', 'location']."
        )
    pairs = list(given.items()) if isinstance(given, Mapping) else [(name, None) for name in given]
    if not pairs:
        raise ValueError("Expected entity_types to name a type at least, found none.")
    for name, definition in pairs:
        for value in (name, *([definition] if isinstance(given, Mapping) else [])):
            if not isinstance(value, str):
                raise TypeError(f"Expected entity_types to hold strings, found {value!r}.")
            if not value.strip():
                raise ValueError(f"Expected entity_types without empty strings, found {value!r}.")
    return tuple(dict.fromkeys(pairs))


def check_integer(name: str, value: Any, least: int) -> int:
    """Return a number that was given for an argument.

    Raises:
        TypeError: not an int.
        ValueError: less than `least`.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"Expected {name} to be an int, found {value!r}.")
    if value < least:
        raise ValueError(f"Expected {name} to be at least {least}, found {value!r}.")
    return value
