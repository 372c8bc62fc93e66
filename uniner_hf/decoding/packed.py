"""The questions of a passage side by side: the passage is read once, and nothing that was read is copied.

They stand in one sequence behind the passage and do not see each other; so do the answers, which grow in step, one
token of each unfinished answer at a time. Each token has the position that it has when its question is asked alone,
so the answers are those of one prompt per question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import torch

from uniner_hf.decoding.attention import PADDING, additive
from uniner_hf.decoding.reading import padded, read_passages
from uniner_hf.decoding.token_bias import token_biases
from uniner_hf.decoding.writing import write

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from uniner_hf.decoding.answering import Answer, AskedPassage

LEAST_CHUNK = 256  # tokens: below it, one forward pass costs less than two

Addition = tuple["Answer", list[int]]  # an answer, and the tokens that are read before its next one is written


def write_packed(
    model: PreTrainedModel, passages: Sequence[AskedPassage], answers: Sequence[Sequence[Answer]], pad_token_id: int
) -> None:
    """Write the answers of several passages.

    Args:
        model: a causal language model that takes an additive attention mask of four dimensions.
        passages: with their questions.
        answers: of each passage, nothing written yet.
        pad_token_id: id of the padding token.
    """
    batch = _Batch(model, passages, pad_token_id)
    for first, after in _chunks(passages):
        batch.extend(
            [
                list(zip(own[first:after], passage.questions[first:after], strict=True))
                for passage, own in zip(passages, answers, strict=True)
            ]
        )
    while any(answer.active for answer in chain(*answers)):
        batch.extend([[(answer, [answer.token]) for answer in own if answer.active] for own in answers])


class _Batch:
    """Passages with all that was read behind them, a row each; a segment of it is a question with its answer."""

    def __init__(self, model: PreTrainedModel, passages: Sequence[AskedPassage], pad_token_id: int) -> None:
        self._model, self._pad_token_id = model, pad_token_id
        self._biases = token_biases(model.generation_config)
        self._segments = padded([[0] * len(passage.passage) for passage in passages], PADDING, model)
        self._cache = read_passages(model, passages, pad_token_id)

    def extend(self, rows: Sequence[Sequence[Addition]]) -> None:
        """Read further tokens and write the next token of each answer."""
        tokens = [[token for _, read in row for token in read] for row in rows]
        numbers = [[answer.segment for answer, read in row for _ in read] for row in rows]
        places = [[answer.position + index for answer, read in row for index in range(len(read))] for row in rows]
        new = padded(numbers, PADDING, self._model)
        inputs = {
            "input_ids": padded(tokens, self._pad_token_id, self._model),
            "position_ids": padded(places, 0, self._model),
            "attention_mask": additive(_seen(self._segments, new), self._model.dtype),
            "logits_to_keep": _ends(new),
            "past_key_values": self._cache,
        }
        for answer, read in chain(*rows):
            answer.position += len(read)
        self._cache = write(self._model, inputs, [answer for answer, _ in chain(*rows)], self._biases)
        self._segments = torch.cat([self._segments, new], dim=1)


def _chunks(passages: Sequence[AskedPassage]) -> Iterator[tuple[int, int]]:
    """Yield stretches of questions: so few tokens at once that their mask is not much larger than the passage's."""
    limit = max(LEAST_CHUNK, 2 * max(len(passage.passage) for passage in passages))
    lengths = [max(_length(passage, index) for passage in passages) for index in range(_most_questions(passages))]
    first, tokens = 0, 0
    for index, length in enumerate(lengths):
        if index > first and tokens + length > limit:
            yield first, index
            first, tokens = index, 0
        tokens += length
    yield first, len(lengths)


def _most_questions(passages: Sequence[AskedPassage]) -> int:
    return max(len(passage.questions) for passage in passages)


def _length(passage: AskedPassage, index: int) -> int:
    return len(passage.questions[index]) if index < len(passage.questions) else 0


def _seen(old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    """Return `(batch, new, old + new)`: whether a new token sees another, of its passage or of its own segment."""
    before = (old[:, None, :] == new[:, :, None]) | (old[:, None, :] == 0)
    past = torch.ones(new.shape[1], new.shape[1], dtype=torch.bool, device=new.device).tril()
    return torch.cat([before, (new[:, :, None] == new[:, None, :]) & past], dim=2)


def _ends(new: torch.Tensor) -> torch.Tensor:
    """Return where the last new token of each segment is: there the next token of its answer is predicted."""
    following = torch.cat([new[:, 1:], torch.full_like(new[:, :1], PADDING)], dim=1)
    return (new != PADDING) & (following != new)
