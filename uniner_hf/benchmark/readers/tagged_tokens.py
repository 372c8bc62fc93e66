"""Rows with a list of tokens and a list of tags, as most token classification sets on the Hub have them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from uniner_hf.benchmark.readers.columns import DOCUMENT_MARK, entity_spans
from uniner_hf.benchmark.readers.errors import DataFormatError, unlike_catalogue
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles, joined
from uniner_hf.benchmark.readers.row_files import class_names, read_rows
from uniner_hf.benchmark.readers.sentences import split_document
from uniner_hf.benchmark.readers.unsplit import of_split


@dataclass(frozen=True, slots=True)
class TaggedTokens:
    """Where a row holds what, and what its tags mean. Files are JSON, parquet or Arrow, by their suffix.

    Tags are of any scheme that `entity_spans` reads: strings, or integers whose names stand in one of `names`,
    `names_file` and the features of the file itself.

    Args:
        tokens: column of the tokens.
        tags: column of the tags.
        names: of the integers 0, 1, ...; default: they are read from the files.
        names_file: JSON file `{name: integer}` in the data folder, such as `"tweetner7/label.json"`.
        only: column -> value; rows with another value are left out.
        cut_sentences: rows are paragraphs, to be cut by `uniner_hf.benchmark.readers.sentences`; default no.
        unsplit: there is one split, of which a tenth is `test` (`uniner_hf.benchmark.readers.unsplit`); default no.
    """

    tokenized: ClassVar[bool] = True

    tokens: str
    tags: str
    names: Sequence[str] = ()
    names_file: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    cut_sentences: bool = False
    unsplit: bool = False

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the rows of a split as `Reader.read` says; a row that is a document mark is none."""
        passages = (one for path in files.paths for one in self._passages(path, files.data_dir, dropped))
        return of_split(passages, files.split) if self.unsplit else passages

    def _passages(self, path: Path, data_dir: Path, dropped: Counter[str]) -> Iterator[RawPassage]:
        names = self._names(path, data_dir)
        for number, row in enumerate(read_rows(path, (self.tokens, self.tags, *self.only)), start=1):
            if self._is_selected(row, dropped):
                yield from self._row_passages(row, names, f"{path}: record {number}", dropped)

    def _names(self, path: Path, data_dir: Path) -> Sequence[str]:
        if self.names_file is not None:
            return _read_names(data_dir / self.names_file)
        return self.names or class_names(path, self.tags) or ()

    def _is_selected(self, row: Mapping[str, Any], dropped: Counter[str]) -> bool:
        for column, value in self.only.items():
            if row[column] != value:
                dropped[f"rows whose {column} is not {value}"] += 1
                return False
        return True

    def _row_passages(
        self, row: Mapping[str, Any], names: Sequence[str], place: str, dropped: Counter[str]
    ) -> Iterator[RawPassage]:
        tokens, tags = _strings(row[self.tokens], place), _tag_names(row[self.tags], names, place)
        if len(tokens) != len(tags):
            raise DataFormatError(
                f"{place}: expected as many tags as tokens, found {len(tags)} tags and {len(tokens)} tokens; restore "
                "the row from the original file."
            )
        if not "".join(tokens).strip():
            dropped["rows without text"] += 1
        elif tokens[0] != DOCUMENT_MARK:
            entities = ((*entity, place) for entity in _entities(tokens, tags, dropped))
            passage = joined(tokens, entities)
            yield from split_document(passage, "sentences") if self.cut_sentences else [passage]


def _read_names(path: Path) -> list[str]:
    """Return the names of a file `{name: integer}` in the order of the integers."""
    if not path.is_file():
        raise FileNotFoundError(f"Expected the names of the tags at {path}, found no such file; download it there.")
    try:
        ids = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise DataFormatError(f"{path}: expected JSON, found a fault: {fault}; download the file again.") from None
    if not isinstance(ids, dict) or sorted(map(str, ids.values())) != sorted(map(str, range(len(ids)))):
        raise DataFormatError(
            f"{path}: expected an object that numbers the names of the tags from 0 on without a gap, found "
            f"{repr(ids)[:80]}; download the file again."
        )
    return sorted(ids, key=lambda name: int(ids[name]))


def _strings(values: Any, place: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise DataFormatError(
            f"{place}: expected a list of tokens, each a string, found {repr(values)[:80]}; restore the row."
        )
    return values


def _tag_names(tags: Any, names: Sequence[str], place: str) -> list[str]:
    if not isinstance(tags, list):
        raise DataFormatError(f"{place}: expected a list of tags, found {repr(tags)[:80]}; restore the row.")
    return [tag if isinstance(tag, str) else _name(tag, names, place) for tag in tags]


def _name(tag: Any, names: Sequence[str], place: str) -> str:
    if not names:
        raise DataFormatError(
            f"{place}: expected tags that are strings, or a file that names its integers, found {tag!r} without a "
            f"name; {unlike_catalogue('tag')}"
        )
    if type(tag) is not int or not 0 <= tag < len(names):
        raise DataFormatError(
            f"{place}: expected a tag from 0 to {len(names) - 1}, found {tag!r}; {unlike_catalogue('tag')}"
        )
    return names[tag]


def _entities(tokens: Sequence[str], tags: Sequence[str], dropped: Counter[str]) -> Iterator[tuple[str, int, int]]:
    for label, first, after in entity_spans(tags):
        if tokens[first].strip() and tokens[after - 1].strip():
            yield label, first, after
        else:
            dropped["mentions that begin or end with a blank token"] += 1
