"""The SOFC-Exp corpus: articles as text, sentences as offsets in it, and tokens with tags as offsets in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.columns import entity_spans
from uniner_hf.benchmark.readers.delimited import cells, column_indices, delimited_rows
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.text_files import read_document

ENTITIES, SENTENCES, TEXTS = "annotations/entity_types_and_slots", "annotations/sentences", "texts"
METADATA = "SOFC-Exp-Metadata.csv"

_SETS = {"train": "train", "validation": "dev", "test": "test"}
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SofcArticles:
    """The corpus folder as published; the files are those of `annotations/entity_types_and_slots`.

    Which split an article belongs to stands in `SOFC-Exp-Metadata.csv`. Only the sentences that describe an
    experiment are annotated, and only they are passages.
    """

    tokenized: ClassVar[bool] = False

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the annotated sentences of the articles of a split as `Reader.read` says."""
        corpus = files.paths[0].parents[2]
        names = _articles(corpus / METADATA, files.split)
        missing = names - {path.stem for path in files.paths}
        if missing:
            raise DataFormatError(
                f"{corpus / ENTITIES}: expected a file for each {files.split} article of {METADATA}, found none for "
                f"{', '.join(sorted(missing))}; restore them."
            )
        for path in files.paths:
            if path.stem in names:
                yield from _sentences(path, corpus)


def _articles(path: Path, split: str) -> set[str]:
    rows = delimited_rows(path, "\t")
    _, header = next(rows, (1, []))
    name_at, set_at = column_indices(path, header, ["name", "set"])
    articles = (cells(path, line, row, len(header)) for line, row in rows)
    return {row[name_at] for row in articles if row[set_at] == _SETS[split]}


def _sentences(path: Path, corpus: Path) -> Iterator[RawPassage]:
    text = read_document(corpus / TEXTS / f"{path.stem}.txt")
    bounds = _bounds(corpus / SENTENCES / path.name, len(text))
    rows = ((line, cells(path, line, row, 6)) for line, row in delimited_rows(path, "\t"))
    for number, group in groupby(rows, key=lambda row: row[1][0]):
        tokens = list(group)
        if number not in bounds:
            raise DataFormatError(
                f"{path}:{tokens[0][0]}: expected the number of a sentence of {corpus / SENTENCES / path.name}, "
                f"found {number!r}; restore both files."
            )
        start, end = bounds[number]
        spans = [_span(row[2:4], end - start, f"{path}:{line}") for line, row in tokens]
        yield RawPassage(
            text[start:end],
            [
                RawSpan(label, spans[first][0], spans[after - 1][1], f"{path}:{tokens[first][0]}")
                for label, first, after in entity_spans([row[4] for _, row in tokens])
            ],
        )


def _bounds(path: Path, characters: int) -> dict[str, _Span]:
    """Return number -> offsets in the text, of each sentence."""
    rows = ((line, cells(path, line, row, 4)) for line, row in delimited_rows(path, "\t"))
    return {row[0]: _span(row[2:], characters, f"{path}:{line}") for line, row in rows}


def _span(offsets: list[str], characters: int, place: str) -> _Span:
    first, after = offsets
    if not (first.isdecimal() and after.isdecimal() and int(first) < int(after) <= characters):
        raise DataFormatError(
            f"{place}: expected two offsets within {characters} characters, found {first!r} and {after!r}; "
            "restore the line."
        )
    return int(first), int(after)
