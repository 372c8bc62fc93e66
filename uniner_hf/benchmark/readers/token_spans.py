"""Documents and sentences as JSON objects with tokens, and entities as spans of token indices.

Three layouts: SciREX (sentences are spans, too), SciERC as DyGIE has it (sentences are lists of tokens), and GENIA as
JSON Lines (an object is a sentence). They count the end of an entity differently.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.json_records import read_json_records
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles, joined

_Entity = tuple[str, int, int]  # label, first token, token after the last


@dataclass(frozen=True, slots=True)
class TokenSpans:
    """Where a document holds what; a passage is a sentence.

    Args:
        tokens: key of the tokens of the document.
        sentences: key of the sentences, `[first token, token after the last]` each, in text order.
        entities: key of the entities, `[first token, token after the last, label]` each, indices in the document.
    """

    tokenized: ClassVar[bool] = True

    tokens: str
    sentences: str
    entities: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield sentences as `Reader.read` says; an entity that crosses the end of its sentence is dropped."""
        for record, place in _records(files):
            yield from self._sentences(record, place, dropped)

    def _sentences(self, record: Mapping[str, Any], place: str, dropped: Counter[str]) -> Iterator[RawPassage]:
        tokens = _list(record, self.tokens, place)
        sentences = [_span(one, range(len(tokens)), place) for one in _list(record, self.sentences, place)]
        for (_, after), following in pairwise(sentences):
            if following[0] < after:
                raise DataFormatError(
                    f"{place}: expected sentences in text order, found {list(following)} after one that ends at "
                    f"{after}; restore the file."
                )
        inside: list[list[_Entity]] = [[] for _ in sentences]
        for one in _list(record, self.entities, place):
            label, start, end = _entity(one, range(len(tokens)), place)
            number = bisect_right(sentences, start, key=lambda sentence: sentence[0]) - 1
            if number >= 0 and end <= sentences[number][1]:
                first = sentences[number][0]
                inside[number].append((label, start - first, end - first))
            else:
                dropped["mentions that cross the end of a sentence"] += 1
        for (first, after), entities in zip(sentences, inside, strict=True):
            yield joined(tokens[first:after], ((*entity, place) for entity in entities))


@dataclass(frozen=True, slots=True)
class SentenceLists:
    """Where a document holds what; a passage is the document.

    Args:
        sentences: key of the sentences, a list of tokens each.
        entities: key of a list of entities for each sentence, `[first token, LAST token, label]` each, indices in the
            document.
    """

    tokenized: ClassVar[bool] = True

    sentences: str
    entities: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield documents as `Reader.read` says."""
        for record, place in _records(files):
            sentences = _list(record, self.sentences, place)
            lists = _list(record, self.entities, place)
            if len(lists) != len(sentences):
                raise DataFormatError(
                    f"{place}: expected a list of entities for each of {len(sentences)} sentences, "
                    f"found {len(lists)}; restore the file."
                )
            entities, first = list[_Entity](), 0
            for sentence, its_entities in zip(sentences, lists, strict=True):
                tokens = range(first, first + len(sentence))
                entities += (_entity(one, tokens, place, last_included=1) for one in its_entities)
                first = tokens.stop
            yield joined(list(chain.from_iterable(sentences)), ((*entity, place) for entity in entities))


@dataclass(frozen=True, slots=True)
class SentenceRecords:
    """Where a sentence holds what.

    Args:
        tokens: key of its tokens.
        entities: key of its entities, objects with the keys `start`, `end` (the token after the last) and `label`.
        label: key of an entity's label.
    """

    tokenized: ClassVar[bool] = True

    tokens: str
    entities: str
    label: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield sentences as `Reader.read` says."""
        for record, place in _records(files):
            tokens = _list(record, self.tokens, place)
            entities = [self._entity(one, range(len(tokens)), place) for one in _list(record, self.entities, place)]
            yield joined(tokens, ((*entity, place) for entity in entities))

    def _entity(self, one: Any, tokens: range, place: str) -> _Entity:
        keys = ("start", "end", self.label)
        if not isinstance(one, dict) or not one.keys() >= set(keys):
            raise DataFormatError(
                f"{place}: expected an entity with {', '.join(keys)}, found {one}; restore the file."
            )
        return _entity([one[key] for key in keys], tokens, place)


def _records(files: SplitFiles) -> Iterator[tuple[Mapping[str, Any], str]]:
    for path in files.paths:
        with path.open(encoding="utf-8") as file:
            for number, record in enumerate(read_json_records(file, str(path)), start=1):
                yield record, f"{path}: record {number}"


def _list(record: Mapping[str, Any], key: str, place: str) -> list[Any]:
    if key not in record:
        raise DataFormatError(f"{place}: expected the key {key!r}, found {', '.join(record)}; restore the file.")
    if not isinstance(record[key], list):
        found = type(record[key]).__name__
        raise DataFormatError(f"{place}: expected a list under {key!r}, found {found}; restore the file.")
    return list(record[key])


def _entity(one: Any, tokens: range, place: str, last_included: int = 0) -> _Entity:
    """Return an entity `[first token, end, label]` of these tokens; what its end includes is 1 or 0 tokens."""
    if not isinstance(one, list) or len(one) != 3 or not isinstance(one[2], str):
        end = "last token" if last_included else "token after the last"
        raise DataFormatError(f"{place}: expected first token, {end} and label, found {one}; restore the file.")
    first, after = _span(one[:2], tokens, place, last_included)
    return one[2], first, after


def _span(one: Any, tokens: range, place: str, last_included: int = 0) -> tuple[int, int]:
    if not isinstance(one, list) or [type(index) for index in one] != [int, int]:
        raise DataFormatError(f"{place}: expected two indices of tokens, found {one}; restore the file.")
    first, after = one[0], one[1] + last_included
    if not tokens.start <= first < after <= tokens.stop:
        where = f"tokens {tokens.start} to {tokens.stop - 1}" if tokens.start else f"the {tokens.stop} tokens"
        raise DataFormatError(
            f"{place}: expected a span within {where} of the document, found {one}; restore the file."
        )
    return first, after
