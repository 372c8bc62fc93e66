"""How many tokens passages and questions take, counted piece by piece without making the examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from uniner_hf.conversations import EOS_TOKEN, render
from uniner_hf.decoding.prompt_tokens import opening_ids
from uniner_hf.schema import Message
from uniner_hf.training.questions import Question

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

REMEMBERED = 2**17  # counts of texts; questions about one type come back in every row


class TokenCounter:
    """Counts the tokens of the pieces of a conversation.

    End tokens part the pieces, so that the counts add up to that of the conversation; a tokenizer that joins pieces
    makes it a little shorter or longer.

    Args:
        tokenizer: of the model.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self.tokenizer = tokenizer
        self._end = tokenizer.eos_token or EOS_TOKEN
        self._first = len(opening_ids(tokenizer))
        self._known: dict[str, int] = {}

    def openings(self, openings: Sequence[Sequence[Message]]) -> list[int]:
        """Return the tokens of the turns that present a passage, for each of several."""
        texts = [render(opening, eos_token=self._end).text for opening in openings]
        return [self._first + count for count in self._counts(texts)]

    def questions(self, questions: Sequence[Question]) -> list[int]:
        """Return the tokens of each question with its answer."""
        asked = [render([Message("user", one.text)], eos_token=self._end).text for one in questions]
        answered = [render([Message("assistant", one.answer)], eos_token=self._end).text for one in questions]
        missing = [text for text in {*asked, *answered} if text not in self._known]
        if len(self._known) + len(missing) > REMEMBERED:
            self._known.clear()
            missing = list({*asked, *answered})
        self._known.update(zip(missing, self._counts(missing), strict=True))
        return [self._known[one] + self._known[other] for one, other in zip(asked, answered, strict=True)]

    def _counts(self, texts: list[str]) -> list[int]:
        if not texts:
            return []
        return [len(ids) for ids in self.tokenizer(texts, add_special_tokens=False, verbose=False).input_ids]
