"""Mentions in `a.pipe.txt`, a line for each with fields between pipes, of the text in `a.txt`: ShARe/CLEF 2014."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles
from uniner_hf.benchmark.readers.sentences import PassageUnit, split_document
from uniner_hf.benchmark.readers.standoff import Discontinuous, Mention, standoff_spans
from uniner_hf.benchmark.readers.text_files import read_document, read_lines
from uniner_hf.benchmark.readers.text_pairs import text_pairs

_SPANS = re.compile(r"\d+-\d+(?:,\d+-\d+)*")


@dataclass(frozen=True, slots=True)
class PipeSpans:
    """How the lines are read: the first field names the text file, the second holds spans such as `12-20,30-35`.

    Args:
        annotations: how the names of annotation files end.
        label: of all mentions; the lines hold attributes of a mention, not its type.
        passages: what a document is cut into.
        discontinuous: mentions in several pieces are read whole or left out, see `standoff_spans`.
    """

    tokenized: ClassVar[bool] = False

    annotations: str
    label: str
    passages: PassageUnit
    discontinuous: Discontinuous

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield passages as `Reader.read` says."""
        for name, text_path, annotation_path in text_pairs(files.paths, self.annotations):
            text = read_document(text_path)
            mentions = self._mentions(annotation_path, f"{name}.txt")
            spans = standoff_spans(text, mentions, dropped, self.discontinuous)
            yield from split_document(RawPassage(text, spans), self.passages)

    def _mentions(self, path: Path, document: str) -> Iterator[Mention]:
        for number, line in read_lines(path):
            if not line.strip():
                continue
            fields = line.split("|")
            if fields[0] != document or len(fields) < 3 or not _SPANS.fullmatch(fields[1]):
                raise DataFormatError(
                    f"{path}:{number}: expected '{document}|START-END,...|CUI|...', found {line[:60]!r}; restore the "
                    "line from the original file."
                )
            pieces = [(int(start), int(end)) for start, end in re.findall(r"(\d+)-(\d+)", fields[1])]
            yield Mention(self.label, pieces, None, f"{path}:{number}")
