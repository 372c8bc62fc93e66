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
    within: str | None
    absent_if_no: frozenset[str]


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
        misses many mentions (`absent_if_no`) may be asked where it was found, or where the passage has no mention of
        the types that would hold those missed.
        """
        found: list[dict[str, Any]] = []
        types: list[str] = []
        present = {entity["type"] for entity in entities}
        for name, pattern in self._patterns.items():
            matches = list(_matches(pattern, text, entities))
            found += [{"type": name, "text": text[start:end], "start": start, "end": end} for start, end in matches]
            if matches or not pattern.absent_if_no & present:
                types.append(name)
        return found, types


def _matches(pattern: _Pattern, text: str, entities: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    if pattern.within is not None:
        for entity in entities:
            if entity["type"] == pattern.within and pattern.regex.fullmatch(entity["text"]):
                yield entity["start"], entity["end"]
        return
    for match in pattern.regex.finditer(text):
        group = "mention" if "mention" in pattern.regex.groupindex else 0
        yield match.span(group)


@cache
def _patterns() -> dict[str, _Pattern]:
    table = tomllib.loads(files("uniner_hf.training").joinpath("pattern_types.toml").read_text(encoding="utf-8"))
    return {name: _pattern(entry) for name, entry in table.items()}


def _pattern(entry: Mapping[str, Any]) -> _Pattern:
    if "names" in entry:
        names = sorted(entry["names"], key=len, reverse=True)
        source = rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])"
    else:
        source = entry["pattern"]
    return _Pattern(re.compile(source), entry.get("within"), frozenset(entry.get("absent_if_no", ())))
