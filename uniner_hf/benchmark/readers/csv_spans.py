"""Comma-separated files with a text a row, and the character spans of its entities as JSON: TASTEset."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from uniner_hf.benchmark.readers.character_spans import checked_span
from uniner_hf.benchmark.readers.delimited import cells, column_indices, delimited_rows
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.unsplit import of_split

KEYS = ("type", "start", "end", "entity")


@dataclass(frozen=True, slots=True)
class CsvSpans:
    """Which columns hold what; there is one file, of which a tenth is `test` (`uniner_hf.benchmark.readers.unsplit`).

    Args:
        text: name of the text's column.
        entities: name of the column with a JSON list of objects `type, start, end, entity`, end exclusive.
    """

    tokenized: ClassVar[bool] = False

    text: str
    entities: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield texts, white space at their end left out, as `Reader.read` says."""
        return of_split((passage for path in files.paths for passage in self._passages(path)), files.split)

    def _passages(self, path: Path) -> Iterator[RawPassage]:
        rows = delimited_rows(path)
        _, header = next(rows, (1, []))
        text_at, entities_at = column_indices(path, header, [self.text, self.entities])
        for line, row in rows:
            row, place = cells(path, line, row, len(header)), f"{path}:{line}"
            text = row[text_at].rstrip()
            yield RawPassage(text, [_span(text, one, place) for one in _objects(row[entities_at], place)])


def _objects(cell: str, place: str) -> list[Any]:
    try:
        objects = json.loads(cell)
    except json.JSONDecodeError as fault:
        raise DataFormatError(f"{place}: expected entities as JSON, found that {fault}; restore the row.") from None
    if not isinstance(objects, list):
        raise DataFormatError(f"{place}: expected a list of entities, found {cell[:60]!r}; restore the row.")
    return objects


def _span(text: str, entity: Any, place: str) -> RawSpan:
    if not isinstance(entity, dict) or not entity.keys() >= set(KEYS):
        raise DataFormatError(
            f"{place}: expected an entity with {', '.join(KEYS)}, found {entity!r}; restore the row."
        )
    label, start, end, repeated = (entity[key] for key in KEYS)
    # The published file repeats the mark for inches, ", as ' lest it end a string.
    if isinstance(repeated, str):
        repeated = repeated.replace('"', "'")
    return checked_span(text.replace('"', "'"), label, start, end, repeated, place)
