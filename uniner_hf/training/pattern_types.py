"""Entity types that few openly licensed sets annotate but a pattern finds with high precision: dates, countries.

The patterns and lists stand in `pattern_types.toml`. What they find is silver, not gold: it serves training only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    title: re.Pattern[str] | None
    within: str | None
    complete_if_known: frozenset[str]


class PatternTypes:
    """Finds the entities of some types by patterns.

    Args:
        names: types of `pattern_types.toml`.

    Raises:
        ValueError: a type that has no pattern.

    Example:
        >>> PatternTypes(["date"]).annotate("Born on 3 May 1921.", [])
        ([{'type': 'date', 'text': '3 May 1921', 'start': 8, 'end': 18}], ['date'])
    """

    def __init__(self, names: Sequence[str]) -> None:
        unknown = sorted(set(names) - set(_patterns()))
        if unknown:
            raise ValueError(f"Expected types with a pattern, of {', '.join(sorted(_patterns()))}; found {unknown}.")
        self._patterns = {name: _patterns()[name] for name in names}

    def annotate(self, text: str, entities: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the entities found, and the types that may be asked of this passage.

        A type that is bound to another (`within`) is found among the mentions of that other type. One whose pattern
        misses many mentions (`complete_if_known`) may be asked, and is found, only where none can have been missed:
        every mention of the types that would hold them is known to one of the patterns.
        """
        found = [
            {"type": name, "text": text[start:end], "start": start, "end": end}
            for name, pattern in self._patterns.items()
            for start, end in _matches(pattern, text, entities)
        ]
        known = {(one["start"], one["end"]) for one in found}
        unknown = {one["type"] for one in entities if (one["start"], one["end"]) not in known}
        asked = [name for name, pattern in self._patterns.items() if not pattern.complete_if_known & unknown]
        return [one for one in found if one["type"] in asked], asked


def _matches(pattern: _Pattern, text: str, entities: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    if pattern.within is not None:
        for entity in entities:
            if entity["type"] == pattern.within and _is_known(pattern, text, entity):
                yield entity["start"], entity["end"]
        return
    for match in pattern.regex.finditer(text):
        yield match.span()


def _is_known(pattern: _Pattern, text: str, entity: Mapping[str, Any]) -> bool:
    """Tell whether a mention is one of the names, or has a title, before it or as its own first words."""
    if pattern.regex.fullmatch(entity["text"]):
        return True
    titles = pattern.title.finditer(text) if pattern.title else ()
    return any(entity["start"] in title.span() for title in titles)


@cache
def _patterns() -> dict[str, _Pattern]:
    table = tomllib.loads(files("uniner_hf.training").joinpath("pattern_types.toml").read_text(encoding="utf-8"))
    return {name: _pattern(entry) for name, entry in table.items()}


def _pattern(entry: Mapping[str, Any]) -> _Pattern:
    source = rf"(?<![\w-])(?:{_any_of(entry['names'])})(?![\w-])" if "names" in entry else entry["pattern"]
    title = re.compile(rf"(?<!\w)(?:{_any_of(entry['titles'])})\s") if "titles" in entry else None
    return _Pattern(re.compile(source), title, entry.get("within"), frozenset(entry.get("complete_if_known", ())))


def _any_of(names: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
