"""Files with a token and its tags on each line: CoNLL, IOB2, IOB1, IOBES, BILOU, one or more tag columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles, joined
from uniner_hf.benchmark.readers.text_files import read_lines
from uniner_hf.labels import split_tag

DOCUMENT_MARK = "-DOCSTART-"

_Row = tuple[int, str, tuple[str, ...]]  # line number, token, its tags


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    r"""Where the columns of a file stand.

    Args:
        separator: `"\t"` (the only safe one where tokens hold odd white space) or `" "`.
        token: index of the token's column, from 0.
        tags: indices of the tag columns (nested annotation has several); negative ones count from the end.
        comment: prefix of lines to pass over, such as `"# "`; default none.
        not_text: strings; a sentence that holds one (tokens joined by a space) is not text, and is left out.
    """

    tokenized: ClassVar[bool] = True

    separator: str
    token: int
    tags: Sequence[int]
    comment: str | None = None
    not_text: Sequence[str] = ()

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the sentences of column files as `Reader.read` says; an entity of several layers comes with each."""
        for path in files.paths:
            for sentence in read_columns(path, self):
                whole = " ".join(sentence.tokens)
                if any(mark in whole for mark in self.not_text):
                    dropped["sentences that are not text"] += 1
                    continue
                yield joined(
                    sentence.tokens,
                    (
                        (label, first, after, f"{path}:{sentence.lines[first]}")
                        for layer in sentence.layers
                        for label, first, after in entity_spans(layer)
                    ),
                )


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence of a column file.

    Args:
        lines: for each token, the number of its line, from 1.
        tokens: its tokens; one outside entities may be empty.
        layers: for each tag column, one tag for each token.
    """

    lines: tuple[int, ...]
    tokens: tuple[str, ...]
    layers: tuple[tuple[str, ...], ...]


def read_columns(path: Path, columns: ColumnFormat) -> Iterator[TaggedSentence]:
    """Yield the sentences of a column file.

    A line of white space alone ends a sentence, as do a `-DOCSTART-` line and the end of the file. Lines end at `\\n`
    or `\\r\\n` and nowhere else, since tokens may hold any other separator of Unicode.

    Args:
        path: a UTF-8 file.
        columns: where its columns stand.

    Raises:
        DataFormatError: a line that is not UTF-8, has too few columns, or lacks the token or tag it should have.
    """
    rows: list[_Row] = []
    for number, line in read_lines(path):
        if columns.comment is not None and line.startswith(columns.comment):
            continue
        if line.strip() and not _is_document_mark(line):
            rows.append((number, *_fields(path, number, line, columns)))
        elif rows:
            yield _sentence(rows)
            rows = []
    if rows:
        yield _sentence(rows)


def entity_spans(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Decode one layer of tags of any scheme to entities.

    An entity opens at B, S or U, and wherever the label differs from that of the token before; it closes after E, L, S
    or U. This reads IOB2, IOB1, IOBES, BILOU, files with I- only and labels without a prefix (touching entities of one
    type are then one).

    Returns:
        `(label, first token, token after the last)` in text order.

    Example:
        >>> entity_spans(["I-ORG", "I-ORG", "O", "B-LOC", "B-LOC"])
        [('ORG', 0, 2), ('LOC', 3, 4), ('LOC', 4, 5)]
    """
    spans: list[tuple[str, int, int]] = []
    open_label = None
    for index, tag in enumerate(tags):
        prefix, label = ("O", "") if tag == "O" else split_tag(tag)  # most tags, and the fastest test of them
        if prefix == "O":
            open_label = None
            continue
        if label == open_label and prefix not in ("B", "S", "U"):
            spans[-1] = (label, spans[-1][1], index + 1)
        else:
            spans.append((label, index, index + 1))
        open_label = None if prefix in ("E", "L", "S", "U") else label
    return spans


def _is_document_mark(line: str) -> bool:
    return line.startswith(DOCUMENT_MARK) or (DOCUMENT_MARK in line and line.split("\t")[1:2] == [DOCUMENT_MARK])


def _fields(path: Path, number: int, line: str, columns: ColumnFormat) -> tuple[str, tuple[str, ...]]:
    fields = line.split(columns.separator)
    try:
        token, tags = fields[columns.token], tuple([fields[index] for index in columns.tags])
    except IndexError:
        needed = max(columns.token, *(index if index >= 0 else -index - 1 for index in columns.tags)) + 1
        separator = {"\t": "TAB", " ": "space"}[columns.separator]
        raise DataFormatError(
            f"{path}:{number}: expected at least {needed} columns separated by a {separator}, found {len(fields)} in "
            f"{line!r}; restore the line from the original file."
        ) from None
    # Some published files hold tokens outside entities whose characters were lost: an empty token is then let through.
    if "" in tags or (not token and set(tags) != {"O"}):
        raise DataFormatError(
            f"{path}:{number}: expected a token in column {columns.token} and a tag in column "
            f"{', '.join(map(str, columns.tags))}, found {line!r}; restore the line from the original file."
        )
    return token, tags


def _sentence(rows: list[_Row]) -> TaggedSentence:
    lines, tokens, tags = zip(*rows, strict=True)
    return TaggedSentence(lines, tokens, tuple(zip(*tags, strict=True)))
