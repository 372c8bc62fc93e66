"""Training examples made on the fly: each epoch asks each passage other questions, in another order."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from torch.utils.data import Dataset

from uniner_hf.conversations import EOS_TOKEN, render
from uniner_hf.decoding.prompt_tokens import position_ids, prompt_tokens
from uniner_hf.schema import Message
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.documents import plan_documents
from uniner_hf.training.lengths import TokenCounter
from uniner_hf.training.questions import Question, QuestionDrawer

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase

logger = logging.getLogger(__name__)

IGNORED = -100


class ConversationDataset(Dataset[dict[str, Any]]):
    """The conversations of all epochs: document `index` of an epoch has the number `epoch * len(self) + index`.

    The number of documents never changes, so that schedules hold. An example depends on seed, epoch and row alone,
    whichever process makes it.

    Args:
        source: rows of passages or of conversations (see `uniner_hf.training.rows`).
        tokenizer: of the model.
        args: settings of the training.

    Example:
        >>> dataset = ConversationDataset(source, tokenizer, args)  # doctest: +SKIP
        >>> sorted(dataset[0])  # doctest: +SKIP
        ['documents', 'input_ids', 'labels', 'letter_case', 'position_ids', 'segments']
    """

    def __init__(self, source: datasets.Dataset, tokenizer: PreTrainedTokenizerBase, args: UniNERConfig) -> None:
        self.source, self.tokenizer, self.args = source, tokenizer, args
        self.drawer = QuestionDrawer(source, args)
        self.counter = TokenCounter(tokenizer)
        self.documents = plan_documents(source, self.drawer, self.counter, args)
        self._lengths: tuple[int, list[int]] | None = None  # of the epoch that was asked for last

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the examples of the first epoch: numbers never end, those of an epoch do."""
        return (self._document(number) for number in range(len(self)))

    def __getitem__(self, numbers: int | Sequence[int]) -> dict[str, Any]:
        """Return an example, or several as one row."""
        if isinstance(numbers, int):
            return self._document(numbers)
        examples = [self._document(number) for number in numbers]
        for place, example in enumerate(examples):
            example["documents"] = [place] * len(example["documents"])
        return {key: [value for example in examples for value in example[key]] for key in examples[0]}

    def _document(self, number: int) -> dict[str, Any]:
        epoch, index = divmod(number, len(self))
        row = self.source[int(self.documents.rows[index])]
        rng = self._random(epoch, index)
        questions = self._questions(row, index, rng)
        example = self.example(self.drawer.opening(row), questions)
        if rng.random() < self.args.letter_case_dropout:
            example["letter_case"] = [0] * len(example["letter_case"])
        return example

    def example(self, opening: Sequence[Message], questions: Sequence[Question]) -> dict[str, Any]:
        """Return the tokens of a conversation, with labels on what is learnt.

        Args:
            opening: the turns that present the passage.
            questions: with their answers. While there are too many for `max_length`, the last about a type that the
                passage lacks is left out.
        """
        messages = list(opening)
        for asked, answered in self.drawer.turns(questions):
            messages += [Message("user", asked), Message("assistant", answered)]
        tokens = prompt_tokens(self.tokenizer, render(messages, eos_token=self.tokenizer.eos_token or EOS_TOKEN))
        independent = self.args.question_attention == "independent"
        positions = position_ids(tokens.segments) if independent else list(range(len(tokens.input_ids)))
        longest = len(positions) if self.args.packing else max(positions) + 1
        if self.args.max_length is not None and longest > self.args.max_length:
            return self.example(opening, _without_one(questions))
        first = 0 if self.args.loss_on == "assistant" else 1
        labels = [
            token if written and segment >= first else IGNORED
            for token, written, segment in zip(tokens.input_ids, tokens.generated, tokens.segments, strict=True)
        ]
        return {
            "input_ids": tokens.input_ids,
            "labels": labels,
            "segments": tokens.segments,
            "position_ids": positions,
            "letter_case": tokens.letter_case,
            "documents": [0] * len(labels),
        }

    def passages(self) -> datasets.Dataset:
        """Return the rows that are asked: those of the source but for what is too long."""
        return self.source.select(sorted(set(self.documents.rows.tolist())))

    def lengths(self, epoch: int) -> list[int]:
        """Return the tokens of each document of an epoch, counted without making it."""
        if self._lengths is None or self._lengths[0] != epoch:
            self._lengths = epoch, list(self._counted(epoch))
        return self._lengths[1]

    def _counted(self, epoch: int) -> Iterator[int]:
        for start in range(0, len(self), 1000):
            indices = range(start, min(start + 1000, len(self)))
            rows = self.source[self.documents.rows[indices.start : indices.stop].tolist()]
            questions = [
                self._questions(
                    {key: values[place] for key, values in rows.items()}, index, self._random(epoch, index)
                )
                for place, index in enumerate(indices)
            ]
            counts = iter(self.counter.questions([one for several in questions for one in several]))
            for index, several in zip(indices, questions, strict=True):
                negative, own = [], int(self.documents.openings[index])
                for one in several:
                    if one.own < 0:
                        negative.append(next(counts))
                    else:
                        own += next(counts)
                while negative and self.args.max_length and own + sum(negative) > self.args.max_length:
                    negative.pop()
                yield own + sum(negative)

    def _random(self, epoch: int, index: int) -> Random:
        return Random(f"{self.args.seed}/{epoch}/{self.documents.rows[index]}")

    def _questions(self, row: Mapping[str, Any], index: int, rng: Random) -> list[Question]:
        """Return what a document asks: all that is drawn for its row, or its part of that."""
        questions = self.drawer.draw(row, rng)
        part = self.documents.parts.get(index)
        if part is None:
            return questions
        drawn = iter(range(len(questions)))
        return [one for one in questions if (one.own in part.own if one.own >= 0 else next(drawn) in part.drawn)]


def _without_one(questions: Sequence[Question]) -> list[Question]:
    """Return questions without the last about a type that the passage lacks, or else without the last."""
    negatives = [place for place, one in enumerate(questions) if one.own < 0]
    if not negatives:
        logger.warning(
            "left out of this epoch: a question that was counted shorter than it is: %s", questions[-1].text
        )
    left_out = negatives[-1] if negatives else len(questions) - 1
    return [one for place, one in enumerate(questions) if place != left_out]
