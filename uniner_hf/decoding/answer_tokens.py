"""How a tokenizer writes answers: JSON lists of mentions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_EMPTY, _OPEN, _NEXT, _CLOSE = "[]", '["', '", "', '"]'
_LEAD = "ASSISTANT:"  # what an answer stands behind

Tokens = tuple[int, ...]


class Piece(NamedTuple):
    """The tokens of a mention with the marks about it: where another mention follows, and where the answer ends."""

    going_on: Tokens
    ending: Tokens


class AnswerTokens:
    """Tokenises answers piece by piece, as the tokenizer does with a whole answer.

    A tokenizer may join a mark with what stands beside it (`."]` as one token), so a mention is tokenised with its
    marks. One piece ends and the next begins inside `", "`, where no tokenizer joins anything: before the space, or
    behind it where the mark is one token.

    Args:
        tokenizer: a fast tokenizer.
        eos_token: ends an answer.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, eos_token: str) -> None:
        self._tokenizer, self._eos_token = tokenizer, eos_token
        cut = self._cut()
        self._going_on, self._resuming = _NEXT[:cut], _NEXT[cut:]
        self.empty = self._encode(_LEAD, [f" {_EMPTY}{eos_token}"])[0]
        # The code that trained the published checkpoints tokenised "ASSISTANT: " and the answer one by one, so these
        # checkpoints first write a space of its own.
        spaces = self._encode(_LEAD, [" "])[0]
        self.space = spaces[0] if len(spaces) == 1 else None
        # A tokenizer that was given the marks as tokens joins them with nothing, which saves most of the work.
        apart = {_OPEN, _NEXT, _CLOSE} <= tokenizer.get_added_vocab().keys()
        self.opening = self._encode(_LEAD, [f" {_OPEN}"])[0] if apart else None

    def first(self, mentions: Sequence[str]) -> list[Piece]:
        """Return the pieces that open an answer with each mention, as JSON spells it."""
        return self._pieces(_LEAD, f" {_OPEN}", mentions)

    def following(self, mentions: Sequence[str]) -> list[Piece]:
        """Return the pieces for mentions that follow another one."""
        return self._pieces(f"{_LEAD} {_OPEN}a{self._going_on}", self._resuming, mentions)

    def _pieces(self, lead: str, opening: str, mentions: Sequence[str]) -> list[Piece]:
        """Tokenise mentions with their marks; a mention of which the tokenizer leaves nothing has an empty piece."""
        mentions = ["", *mentions]
        marks = self._going_on, _CLOSE + self._eos_token
        if self.opening is None:
            written = [self._encode(lead, [opening + mention + mark for mention in mentions]) for mark in marks]
        else:
            bare = self._encode_mentions(mentions)
            written = [[tokens + mark for tokens in bare] for mark in self._encode(_OPEN, marks)]
        nothing, *pieces = map(Piece, *written)
        return [piece if piece != nothing else Piece((), ()) for piece in pieces]

    def _encode_mentions(self, mentions: Sequence[str]) -> list[Tokens]:
        """Return the tokens of mentions without marks.

        Mentions that begin at the same word follow one another, each going on from the one before. So the last of them
        is tokenised, and the others are cut from it, save where that would cut through a word of the tokenizer.
        """
        longest = [mentions[-1]] + [one for one, following in pairwise(mentions) if not following.startswith(one)]
        texts = [_OPEN + mention for mention in longest]
        encoding = self._tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
        known: dict[str, Tokens] = {}
        for index, mention in enumerate(longest):
            tokens, offsets = encoding.input_ids[index], encoding["offset_mapping"][index]
            for place, (word, following) in enumerate(pairwise([*encoding.word_ids(index), None])):
                if word != following:
                    known[mention[: offsets[place][1] - len(_OPEN)]] = tuple(tokens[1 : place + 1])
        unknown = [mention for mention in mentions if mention not in known]
        known |= zip(unknown, self._encode(_OPEN, unknown), strict=True)
        return [known[mention] for mention in mentions]

    def _cut(self) -> int:
        sample = f"{_LEAD} {_OPEN}a{_NEXT}a"
        encoding = self._tokenizer(sample, add_special_tokens=False, return_offsets_mapping=True)
        ends: list[int] = [end - sample.index(_NEXT) for _, end in encoding["offset_mapping"]]
        return next(end for end in ends if end > _NEXT.index(","))

    def _encode(self, lead: str, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of texts behind a lead."""
        first, *encoded = self._tokenizer([lead, *(lead + text for text in texts)], add_special_tokens=False).input_ids
        return [tuple(tokens[len(first) :]) for tokens in encoded]
