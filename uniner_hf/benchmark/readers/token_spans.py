"""Documents as JSON objects with tokens, sentences and entities, each a span of token indices: SciREX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.json_records import read_json_records
from uniner_hf.benchmark.readers.sentences import LabelledSentence


@dataclass(frozen=True, slots=True)
class TokenSpanFormat:
    """Where a document holds what.

    Args:
        tokens: key of the tokens of the document.
        sentences: key of the sentences, `[first token, token after the last]` each.
        entities: key of the entities, `[first token, token after the last, label]` each, indices in the document.
    """

    tokens: str
    sentences: str
    entities: str


def read_token_spans(path: Path, layout: TokenSpanFormat, dropped: Counter[str]) -> Iterator[LabelledSentence]:
    """Yield the sentences of a file of documents; an entity that crosses the end of its sentence is dropped.

    Args:
        path: a UTF-8 file of JSON objects.
        layout: its keys.
        dropped: counts what is dropped, by reason.

    Raises:
        DataFormatError: not JSON, a key that is missing, or a span that is not within the document.
    """
    with path.open(encoding="utf-8") as file:
        for number, record in enumerate(read_json_records(file, str(path)), start=1):
            place = f"{path}: record {number}"
            tokens = _list(record, layout.tokens, place)
            sentences = [_span(one, len(tokens), place) for one in _list(record, layout.sentences, place)]
            entities = [_entity(one, len(tokens), place) for one in _list(record, layout.entities, place)]
            kept = 0
            for first, after in sentences:
                inside = [one for one in entities if first <= one[1] and one[2] <= after]
                spans = tuple((label, start - first, end - first) for label, start, end in inside)
                kept += len(spans)
                yield LabelledSentence(tuple(tokens[first:after]), spans, (place,) * (after - first))
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
