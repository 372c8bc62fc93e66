"""Documents as JSON objects with tokens, sentences and entities, each a span of token indices: SciREX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.json_records import read_json_records
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles, joined


@dataclass(frozen=True, slots=True)
class TokenSpans:
    """Where a document holds what.

    Args:
        tokens: key of the tokens of the document.
        sentences: key of the sentences, `[first token, token after the last]` each.
        entities: key of the entities, `[first token, token after the last, label]` each, indices in the document.
    """

    tokenized: ClassVar[bool] = True

    tokens: str
    sentences: str
    entities: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield sentences as `Reader.read` says; an entity that crosses the end of its sentence is dropped."""
        for path in files.paths:
            with path.open(encoding="utf-8") as file:
                for number, record in enumerate(read_json_records(file, str(path)), start=1):
                    yield from self._sentences(record, f"{path}: record {number}", dropped)

    def _sentences(self, record: Mapping[str, Any], place: str, dropped: Counter[str]) -> Iterator[RawPassage]:
        tokens = _list(record, self.tokens, place)
        sentences = [_span(one, len(tokens), place) for one in _list(record, self.sentences, place)]
        entities = [_entity(one, len(tokens), place) for one in _list(record, self.entities, place)]
        kept = 0
        for first, after in sentences:
            inside = [one for one in entities if first <= one[1] and one[2] <= after]
            kept += len(inside)
            spans = ((label, start - first, end - first, place) for label, start, end in inside)
            yield joined(tokens[first:after], spans)
        if kept < len(entities):
            dropped["mentions that cross the end of a sentence"] += len(entities) - kept


def _list(record: Mapping[str, Any], key: str, place: str) -> list[Any]:
    if key not in record:
        raise DataFormatError(f"{place}: expected the key {key!r}, found {', '.join(record)}; restore the file.")
    if not isinstance(record[key], list):
        found = type(record[key]).__name__
        raise DataFormatError(f"{place}: expected a list under {key!r}, found {found}; restore the file.")
    return list(record[key])


def _entity(one: list[Any], tokens: int, place: str) -> tuple[str, int, int]:
    if len(one) != 3:
        raise DataFormatError(f"{place}: expected first token, token after the last and label, found {one}.")
    start, end = _span(one[:2], tokens, place)
    return one[2], start, end


def _span(one: list[int], tokens: int, place: str) -> tuple[int, int]:
    first, after = one
    if not 0 <= first < after <= tokens:
        raise DataFormatError(
            f"{place}: expected a span within the {tokens} tokens of the document, found {one}; restore the file."
        )
    return first, after
