"""The options of a call of the pipeline, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from uniner_hf.decoding.rules import Rule, read_rules

_CHOICES = {
    "occurrences": ("first", "all"),
    "overlaps": ("keep", "longest", "score"),
    "long_text": ("chunk", "error"),
    "engine": ("auto", "packed", "expanded", "reference"),
    "template": ("uniner", "all-in-one"),
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
    threshold: float | Mapping[str, float] | None = None
    occurrences: str = "first"
    overlaps: str = "keep"
    long_text: str = "chunk"
    stride: int = 32
    dataset_name: str | None = None
    grounded: bool = True
    engine: str = "auto"
    max_batch_tokens: int | None = None
    template: str = "uniner"
    types_per_question: int = 5
    votes: float = 0.5
    rules: Mapping[str, Rule] = field(default_factory=dict)

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
        entity_types = read_entity_types(given.get("entity_types"))
        rules = read_rules(given.get("rules") or {}, [name for name, _ in entity_types])
        return cls(**{**given, "entity_types": entity_types, "rules": rules})

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"Expected {name} to be one of {', '.join(allowed)}; found {getattr(self, name)!r}.")
        check_integer("max_new_tokens", self.max_new_tokens, least=1)
        check_integer("stride", self.stride, least=0)
        check_integer("types_per_question", self.types_per_question, least=1)
        if self.dataset_name is not None and not isinstance(self.dataset_name, str):
            raise TypeError(f"Expected dataset_name to be a str, found {self.dataset_name!r}.")
        if self.max_batch_tokens is not None:
            check_integer("max_batch_tokens", self.max_batch_tokens, least=1)
        if not isinstance(self.grounded, bool):
            raise TypeError(f"Expected grounded to be True or False, found {self.grounded!r}.")
        _check_share("votes", self.votes)
        if self.template == "all-in-one":
            self._check_all_in_one()
        self._check_threshold()

    @property
    def type_names(self) -> list[str]:
        """The entity types that are returned, each once, in the order in which they are asked."""
        return list(dict.fromkeys(name for name, _ in self.entity_types))

    def least_score(self, entity_type: str) -> float:
        """Return the least score of an entity of a type."""
        if isinstance(self.threshold, Mapping):
            return self.threshold.get(entity_type, 0.0)
        return self.threshold or 0.0

    def _check_threshold(self) -> None:
        if self.threshold is None:
            return
        values = self.threshold.values() if isinstance(self.threshold, Mapping) else [self.threshold]
        for value in values:
            _check_share("threshold", value)
        if isinstance(self.threshold, Mapping):
            unknown = [name for name in self.threshold if name not in self.type_names]
            if unknown:
                raise ValueError(
                    f"Expected threshold to name types that are asked ({self.type_names}), found {unknown}."
                )

    def _check_all_in_one(self) -> None:
        if self.grounded:
            raise ValueError(
                "Expected grounded=False with template='all-in-one', found grounded=True; its answers are not limited."
            )
        if any(wording is not None for _, wording in self.entity_types):
            raise ValueError(
                "Expected entity_types to be a list with template='all-in-one', found definitions; ask for the names."
            )


def read_entity_types(given: Any) -> tuple[tuple[str, str | None], ...]:
    """Return each wording to ask with its type, of the argument `entity_types`; what is named twice is asked once.

    Example:
        >>> read_entity_types(["city", "river", "city"])
        (('city', None), ('river', None))
        >>> read_entity_types({"city": ["city", "town"], "river": "a natural stream"})
        (('city', 'city'), ('city', 'town'), ('river', 'a natural stream'))

    Raises:
        TypeError: neither a list of strings nor a dict of strings or lists of strings.
        ValueError: no type, or an empty one.
    """
    if given is None or isinstance(given, str) or not isinstance(given, Mapping | Sequence):
        raise TypeError(
            f"Expected entity_types to be a list of types or a dict of definitions, found {given!r}; "
            "for example entity_types=['person', 'location']."
        )
    pairs = list(_wordings(given)) if isinstance(given, Mapping) else [(name, None) for name in given]
    if not pairs:
        raise ValueError("Expected entity_types to name a type at least, found none.")
    for name, definition in pairs:
        for value in (name, *([definition] if isinstance(given, Mapping) else [])):
            if not isinstance(value, str):
                raise TypeError(f"Expected entity_types to hold strings, found {value!r}.")
            if not value.strip():
                raise ValueError(f"Expected entity_types without empty strings, found {value!r}.")
    return tuple(dict.fromkeys(pairs))


def _wordings(given: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for name, wordings in given.items():
        if isinstance(wordings, list | tuple):
            if not wordings:
                raise ValueError(f"Expected a wording of {name!r} at least, found none; give one, or its name.")
            yield from ((name, wording) for wording in wordings)
        else:
            yield name, wordings


def _check_share(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"Expected {name} to be a number from 0 to 1, found {value!r}.")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"Expected {name} to be a number from 0 to 1, found {value!r}.")


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
