"""brat's standoff format: a text in `a.txt`, its entities as `T` lines in `a.ann`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles
from uniner_hf.benchmark.readers.sentences import PassageUnit, split_document
from uniner_hf.benchmark.readers.split_lists import listed_documents
from uniner_hf.benchmark.readers.standoff import Discontinuous, Mention, standoff_spans
from uniner_hf.benchmark.readers.text_files import read_document, read_lines
from uniner_hf.benchmark.readers.text_pairs import text_pairs

_ENTITY = re.compile(r"T\d+\t(?P<label>\S+) (?P<pieces>\d+ \d+(?:;\d+ \d+)*)\t(?P<repeated>.*)")
_NOT_ENTITIES = re.compile(r"[REAMN]\d+\t|[*#]")  # relations, events, attributes, normalisations, equivalences, notes


@dataclass(frozen=True, slots=True)
class Brat:
    """How documents in brat's format are read.

    Args:
        passages: what a document is cut into.
        discontinuous: mentions in several pieces are read whole or left out, see `standoff_spans`.
        split_list: a JSON file, relative to the data folder, with the names of each split's documents; default: all
            files of a split are its documents.
        split_keys: split -> its key in that file.
    """

    tokenized: ClassVar[bool] = False

    passages: PassageUnit
    discontinuous: Discontinuous = "extent"
    split_list: str | None = None
    split_keys: Mapping[str, str] | None = None

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield passages as `Reader.read` says; a list of splits must name documents that are there."""
        documents = list(text_pairs(files.paths, ".ann"))
        listed = self._listed(files, {name for name, _, _ in documents})
        for name, text_path, annotation_path in documents:
            if name in listed:
                text = read_document(text_path)
                spans = standoff_spans(text, _mentions(annotation_path), dropped, self.discontinuous)
                yield from split_document(RawPassage(text, spans), self.passages)

    def _listed(self, files: SplitFiles, documents: Collection[str]) -> Collection[str]:
        if self.split_list is None or self.split_keys is None:
            return documents
        return listed_documents(files.data_dir / self.split_list, self.split_keys[files.split], documents)


def _mentions(path: Path) -> Iterator[Mention]:
    for number, line in read_lines(path):
        if not line.strip() or _NOT_ENTITIES.match(line):
            continue
        entity = _ENTITY.fullmatch(line)
        if entity is None:
            raise DataFormatError(
                f"{path}:{number}: expected 'T<number>', 'LABEL START END' and the text, separated by TABs, found "
                f"{line!r}; restore the line from the original file."
            )
        pieces = [(int(start), int(end)) for start, end in re.findall(r"(\d+) (\d+)", entity["pieces"])]
        yield Mention(entity["label"], pieces, entity["repeated"], f"{path}:{number}")
