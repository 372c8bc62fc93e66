"""Comma-separated files with a token a row: FiNER-ORD and E-NER."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.columns import DOCUMENT_MARK, entity_spans
from uniner_hf.benchmark.readers.delimited import cells, column_indices, delimited_rows
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles, joined
from uniner_hf.benchmark.readers.unsplit import of_split

_Row = tuple[int, str, str]  # line number, token, tag


@dataclass(frozen=True, slots=True)
class CsvTokens:
    """Which columns hold what.

    A sentence ends at an empty row, at a `-DOCSTART-` row, and where a column of `sentence` changes.

    Args:
        token: name of the token's column.
        tag: name of the tag's column.
        sentence: names of the columns that number the sentences.
        header: names of the columns of a file whose first row is not its header.
        tags: what the numbers 0, 1, ... in the tag's column stand for; default: it holds the tags themselves.
        unsplit: there is one file, of which a tenth is `test` (`uniner_hf.benchmark.readers.unsplit`).
    """

    tokenized: ClassVar[bool] = True

    token: str
    tag: str
    sentence: Sequence[str] = ()
    header: Sequence[str] = ()
    tags: Sequence[str] = ()
    unsplit: bool = False

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield sentences as `Reader.read` says."""
        passages = (_passage(path, rows) for path in files.paths for rows in self._sentences(path))
        yield from of_split(passages, files.split) if self.unsplit else passages

    def _sentences(self, path: Path) -> Iterator[list[_Row]]:
        rows = delimited_rows(path)
        header = list(self.header) or next(rows, (1, []))[1]
        token, tag, *numbers = column_indices(path, header, [self.token, self.tag, *self.sentence])
        sentence: list[_Row] = []
        last_key: list[str] = []
        for line, row in rows:
            ends = not any(row) or cells(path, line, row, len(header))[token] == DOCUMENT_MARK
            key = last_key if ends else [row[number] for number in numbers]
            if sentence and (ends or key != last_key):
                yield sentence
                sentence = []
            last_key = key
            if not ends:
                sentence.append((line, row[token], self._tag(path, line, row[token], row[tag])))
        if sentence:
            yield sentence

    def _tag(self, path: Path, line: int, token: str, cell: str) -> str:
        expected = "a tag"
        if self.tags:
            expected = f"a number below {len(self.tags)}"
            cell = self.tags[int(cell)] if cell.isdecimal() and int(cell) < len(self.tags) else ""
        if not token or not cell:
            raise DataFormatError(
                f"{path}:{line}: expected a token under {self.token!r} and {expected} under {self.tag!r}; "
                "restore the row."
            )
        return cell


def _passage(path: Path, rows: list[_Row]) -> RawPassage:
    spans = entity_spans([tag for _, _, tag in rows])
    return joined(
        [token for _, token, _ in rows],
        ((label, first, after, f"{path}:{rows[first][0]}") for label, first, after in spans),
    )
