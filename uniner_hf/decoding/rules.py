"""Rules that the mentions of an entity type must obey."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from uniner_hf.grounding import word_spans


@dataclass(frozen=True, slots=True)
class Rule:
    r"""What a mention of a type must be.

    Args:
        pattern: a regular expression that is found in it, default any.
        words: it is one of these, letter case aside, default any.
        least_words: it has at least as many words, default 0.
        most_words: it has at most as many, default no limit.

    Raises:
        TypeError: a value that is not of its kind.
        ValueError: no regular expression, a negative number, no words.

    Example:
        >>> rule = Rule(pattern=r"\d", most_words=3)
        >>> rule.allows("3 May 1921"), rule.allows("yesterday")
        (True, False)
    """

    pattern: str | None = None
    words: tuple[str, ...] | None = None
    least_words: int = 0
    most_words: int | None = None

    def __post_init__(self) -> None:
        if self.pattern is not None:
            _check("pattern", self.pattern, str)
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(
                    f"Expected a rule's pattern to be a regular expression, found {self.pattern!r}: {error}; mend it."
                ) from None
        for name in ("least_words", "most_words"):
            value = getattr(self, name)
            if value is not None:
                _check(name, value, int)
                if value < 0:
                    raise ValueError(f"Expected a rule's {name} to be at least 0, found {value}; give another number.")

    def allows(self, mention: str) -> bool:
        """Tell whether a mention obeys."""
        count = len(word_spans(mention))
        return (
            (self.pattern is None or re.search(self.pattern, mention) is not None)
            and (self.words is None or mention.casefold() in self.words)
            and self.least_words <= count
            and (self.most_words is None or count <= self.most_words)
        )


def read_rules(given: Any, entity_types: list[str]) -> dict[str, Rule]:
    """Return the rules of an argument or a file, `{type: {name: value}}`.

    Args:
        given: for some types, the arguments of their `Rule`.
        entity_types: those that are asked.

    Raises:
        TypeError: not a mapping of mappings, or a value that is not of its kind.
        ValueError: a type that is not asked, a rule that does not exist, or a value that is not allowed.

    Example:
        >>> read_rules({"date": {"pattern": "[0-9]"}}, ["date"])["date"].allows("May")
        False
    """
    if not isinstance(given, Mapping) or not all(isinstance(rule, Mapping) for rule in given.values()):
        raise TypeError(
            f"Expected rules to be a dict of dicts, such as {{'date': {{'pattern': '[0-9]'}}}}; found {given!r:.80}."
        )
    unknown = [name for name in given if name not in entity_types]
    if unknown:
        raise ValueError(f"Expected rules for types that are asked ({entity_types}), found {unknown}; take them out.")
    return {name: _rule(name, rule) for name, rule in given.items()}


def _rule(entity_type: str, given: Mapping[str, Any]) -> Rule:
    known = [field.name for field in fields(Rule)]
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"Expected the rule of {entity_type!r} to have {', '.join(known)}, found {unknown}; mend it.")
    words = given.get("words")
    if words is None:
        return Rule(**given)
    if isinstance(words, str) or not all(isinstance(word, str) for word in words):
        raise TypeError(f"Expected the words of {entity_type!r} to be a list of strings, found {words!r:.80}.")
    return Rule(**{**given, "words": tuple(word.casefold() for word in words)})


def _check(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"Expected a rule's {name} to be of type {kind.__name__}, found {value!r}.")
