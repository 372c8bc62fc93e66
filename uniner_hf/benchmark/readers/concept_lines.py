"""Clinical concepts in `a.con`, found in `a.txt` by the numbers of their lines and tokens: i2b2 2010."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles
from uniner_hf.benchmark.readers.sentences import split_document
from uniner_hf.benchmark.readers.standoff import Mention, standoff_spans
from uniner_hf.benchmark.readers.text_files import read_document, read_lines
from uniner_hf.benchmark.readers.text_pairs import text_pairs

_CONCEPT = re.compile(r'c="(?P<repeated>.*)" (\d+):(\d+) (\d+):(\d+)\|\|t="(?P<label>[^"|]+)"')

_Tokens = Sequence[Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class ConceptLines:
    """The format has no options."""

    tokenized: ClassVar[bool] = True

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield lines as `Reader.read` says: the texts have a sentence on each, its tokens set apart by spaces."""
        for _, text_path, concept_path in text_pairs(files.paths, ".con"):
            text = read_document(text_path)
            spans = standoff_spans(text, _mentions(concept_path, text), dropped)
            yield from split_document(RawPassage(text, spans), "lines")


def _mentions(path: Path, text: str) -> Iterator[Mention]:
    tokens = _tokens(text)
    for number, line in read_lines(path):
        if not line.strip():
            continue
        place, concept = f"{path}:{number}", _CONCEPT.fullmatch(line)
        if concept is None:
            raise DataFormatError(
                f'{place}: expected c="TEXT" LINE:TOKEN LINE:TOKEN||t="LABEL", found {line!r}; restore the line from '
                "the original file."
            )
        first_line, first, last_line, last = map(int, concept.group(2, 3, 4, 5))
        start, _ = _token(tokens, first_line, first, place)
        _, end = _token(tokens, last_line, last, place)
        _check(text[start:end], concept["repeated"], place)
        yield Mention(concept["label"], [(start, end)], None, place)


def _tokens(text: str) -> _Tokens:
    """Return where the tokens of each line stand in the text."""
    return [
        [(line.start() + token.start(), line.start() + token.end()) for token in re.finditer(r"\S+", line.group())]
        for line in re.finditer(r"[^\n]*\n|[^\n]+", text)
    ]


def _token(tokens: _Tokens, line: int, token: int, place: str) -> tuple[int, int]:
    """Return where a token stands; lines are counted from 1, tokens from 0."""
    if not (1 <= line <= len(tokens) and token < len(tokens[line - 1])):
        raise DataFormatError(
            f"{place}: expected a token of the text, found number {token} of line {line}; restore the text file or "
            "this line."
        )
    return tokens[line - 1][token]


def _check(found: str, repeated: str, place: str) -> None:
    if found.lower().split() != repeated.lower().split():  # concepts are repeated in lower case
        raise DataFormatError(
            f"{place}: expected the text {repeated!r} at its tokens, found {found!r}; restore the text file or this "
            "line."
        )
