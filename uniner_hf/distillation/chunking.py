"""Raw text as passages of at most so many tokens, cut between sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from tokenizers import Tokenizer

from uniner_hf.distillation.sentence_spans import sentence_spans

Item = TypeVar("Item")

MAX_TOKENS = 256  # of a passage; Source: UniversalNER (arXiv 2308.03279), section 3.1

_AT_ONCE = 1024  # stretches that are tokenized together
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class Chunk(NamedTuple):
    """A stretch of a text.

    Attributes:
        start: of its first character (code point).
        end: behind its last character.
    """

    start: int
    end: int


class _Unit(NamedTuple):
    """A stretch that is not cut any more, and how many tokens it has when it is tokenized alone."""

    start: int
    end: int
    tokens: int


def chunks(text: str, tokenizer: Tokenizer, max_tokens: int = MAX_TOKENS) -> Iterator[Chunk]:
    """Cut a text into chunks of as many whole sentences as fit; put together, they are the text again.

    A sentence that does not fit alone is cut at line ends, a line that does not fit where a token begins. Tokens of a
    chunk may be others than those of the same words in their text: what counts is the chunk tokenized alone.

    Args:
        text: of any length; it takes time in proportion to it.
        tokenizer: that counts; the tokens that it adds to every text are not counted.
        max_tokens: of a chunk.

    Yields:
        The chunks in text order. Each begins where the one before ends.

    Raises:
        ValueError: the tokenizer truncates or pads, `max_tokens` is below 1, or one character has more tokens.

    Example:
        >>> from tokenizers import models, pre_tokenizers
        >>> words = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
        >>> words.pre_tokenizer = pre_tokenizers.Whitespace()
        >>> text = "Ada left. She came back. The end."
        >>> [text[start:end] for start, end in chunks(text, words, max_tokens=8)]
        ['Ada left. She came back. ', 'The end.']
    """
    if max_tokens < 1:
        raise ValueError(f"Expected max_tokens of at least 1, found {max_tokens}; the paper has {MAX_TOKENS}.")
    if tokenizer.truncation or tokenizer.padding:
        raise ValueError(
            "Expected a tokenizer that neither truncates nor pads, found one that does; call its no_truncation() and "
            "no_padding() first."
        )
    yield from _Cutter(text, tokenizer, max_tokens).chunks()


class _Cutter:
    def __init__(self, text: str, tokenizer: Tokenizer, max_tokens: int) -> None:
        self.text, self.tokenizer, self.max_tokens = text, tokenizer, max_tokens

    def chunks(self) -> Iterator[Chunk]:
        for packed in _batches(self._packed()):
            stretches = [(units[0].start, units[-1].end) for units in packed]
            for units, count in zip(packed, self._counts(stretches), strict=True):
                yield from self._within(units, count)

    def _within(self, units: Sequence[_Unit], count: int) -> Iterator[Chunk]:
        """Yield a chunk; units that have more tokens together than the sum of each alone are parted again."""
        if count <= self.max_tokens:
            yield Chunk(units[0].start, units[-1].end)
            return
        middle = len(units) // 2  # at least 1: a unit alone has been counted
        for half in (units[:middle], units[middle:]):
            yield from self._within(half, *self._counts([(half[0].start, half[-1].end)]))

    def _packed(self) -> Iterator[list[_Unit]]:
        """Yield as many units in a row as fit by their counts."""
        packed: list[_Unit] = []
        tokens = 0
        for unit in self._units():
            if packed and tokens + unit.tokens > self.max_tokens:
                yield packed
                packed, tokens = [], 0
            packed.append(unit)
            tokens += unit.tokens
        if packed:
            yield packed

    def _units(self) -> Iterator[_Unit]:
        for start, end, count in self._counted(sentence_spans(self.text)):
            if count <= self.max_tokens:
                yield _Unit(start, end, count)
                continue
            lines = (line.span() for line in _LINES.finditer(self.text, start, end))
            for first, after, of_line in self._counted(lines):
                yield from [_Unit(first, after, of_line)] if of_line <= self.max_tokens else self._cut(first, after)

    def _cut(self, start: int, end: int) -> Iterator[_Unit]:
        """Yield parts of a stretch that end where a token of it begins, each counted alone."""
        encoding = self.tokenizer.encode(self.text[start:end], add_special_tokens=False)
        begins = sorted({start + first for first, _ in encoding.offsets} - {start})  # never inside a character
        most = self.max_tokens
        while start < end:
            at = bisect_left(begins, start + 1)
            after = begins[at + most - 1] if at + most - 1 < len(begins) else end
            (count,) = self._counts([(start, after)])
            if count <= self.max_tokens:
                yield _Unit(start, after, count)
                start = after
            elif most > 1:  # alone it has more tokens than in its place, and so will those after it
                most = max(1, min(most - (count - self.max_tokens), most - 1))
            else:
                yield from self._by_characters(start, after)
                start = after

    def _by_characters(self, start: int, end: int) -> Iterator[_Unit]:
        """Yield halves, and halves of those, of a token that is several when it is tokenized alone."""
        (count,) = self._counts([(start, end)])
        if count <= self.max_tokens:
            yield _Unit(start, end, count)
        elif end - start == 1:
            raise ValueError(
                f"Expected characters of at most {self.max_tokens} tokens, found {self.text[start]!r} of {count}; "
                f"ask for passages of at least {count} tokens."
            )
        else:
            middle = (start + end) // 2
            yield from self._by_characters(start, middle)
            yield from self._by_characters(middle, end)

    def _counted(self, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
        for batch in _batches(spans):
            for (start, end), count in zip(batch, self._counts(batch), strict=True):
                yield start, end, count

    def _counts(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Return how many tokens each stretch has, tokenized alone."""
        texts = [self.text[start:end] for start, end in spans]
        return [len(one) for one in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch
