"""Training examples made on the fly: each epoch asks each passage other questions, in another order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from torch.utils.data import Dataset

from uniner_hf.conversations import EOS_TOKEN, answer, passage_messages, question, render
from uniner_hf.decoding.prompt_tokens import position_ids, prompt_tokens
from uniner_hf.distillation.negatives import sample_negative_types
from uniner_hf.schema import Message
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.rows import CONVERSATION, mentions_by_type, split_conversation, type_frequencies

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase

IGNORED = -100


class ConversationDataset(Dataset[dict[str, Any]]):
    """The conversations of one epoch; `set_epoch` moves on to the next.

    The number of examples never changes, so that schedules hold. An example depends on seed, epoch and index alone,
    whichever process makes it.

    Args:
        source: rows of passages or of conversations (see `uniner_hf.training.rows`).
        tokenizer: of the model.
        args: settings of the training.

    Attributes:
        passages: what an evaluation by generation asks, `source` unless rows were left out of that for their length.

    Example:
        >>> dataset = ConversationDataset(source, tokenizer, args)  # doctest: +SKIP
        >>> sorted(dataset[0])  # doctest: +SKIP
        ['input_ids', 'labels', 'letter_case', 'position_ids', 'segments']
    """

    def __init__(self, source: datasets.Dataset, tokenizer: PreTrainedTokenizerBase, args: UniNERConfig) -> None:
        self.source, self.tokenizer, self.args = source, tokenizer, args
        self.passages = source
        self.epoch = 0
        self._conversational = CONVERSATION in source.column_names
        self.frequencies = Counter() if self._conversational else type_frequencies(source)

    def __len__(self) -> int:
        return len(self.source)

    def set_epoch(self, epoch: int) -> None:
        """Make the examples of this epoch from now on."""
        self.epoch = epoch

    def __getitem__(self, index: int) -> dict[str, Any]:
        rng = Random(f"{self.args.seed}/{self.epoch}/{index}")
        row = self.source[index]
        opening, turns = self._asked_conversation(row, rng) if self._conversational else self._asked_passage(row, rng)
        example = self.example(opening, turns)
        if rng.random() < self.args.letter_case_dropout:
            example["letter_case"] = [0] * len(example["letter_case"])
        return example

    def example(self, opening: Sequence[Message], turns: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return the tokens of a conversation, with labels on what is learnt.

        Args:
            opening: the turns that present the passage.
            turns: questions and answers; from the first that reaches beyond `max_length` on, they are left out.
        """
        messages = list(opening)
        for asked, answered in turns:
            messages += [Message("user", asked), Message("assistant", answered)]
        tokens = prompt_tokens(self.tokenizer, render(messages, eos_token=self.tokenizer.eos_token or EOS_TOKEN))
        first = 0 if self.args.loss_on == "assistant" else 1
        labels = [
            token if written and segment >= first else IGNORED
            for token, written, segment in zip(tokens.input_ids, tokens.generated, tokens.segments, strict=True)
        ]
        independent = self.args.question_attention == "independent"
        positions = position_ids(tokens.segments) if independent else list(range(len(labels)))
        kept = _kept_length(positions, tokens.segments, self.args.max_length)
        return {
            "input_ids": tokens.input_ids[:kept],
            "labels": labels[:kept],
            "segments": tokens.segments[:kept],
            "position_ids": positions[:kept],
            "letter_case": tokens.letter_case[:kept],
        }

    def lengths(self) -> list[int]:
        """Return the approximate length of each example in characters, for batches of similar lengths."""
        if self._conversational:
            return [sum(len(message["content"]) for message in row["messages"]) for row in self.source]
        overhead = 40 * (1 + self.args.negatives_per_passage + self.args.foreign_negatives_per_passage)
        return [len(text) + overhead for text in self.source["text"]]

    def _asked_conversation(self, row: Mapping[str, Any], rng: Random) -> tuple[list[Message], list[tuple[str, str]]]:
        opening, turns = split_conversation(row[CONVERSATION])
        rng.shuffle(turns)
        return opening, turns

    def _asked_passage(self, row: Mapping[str, Any], rng: Random) -> tuple[list[Message], list[tuple[str, str]]]:
        mentions = mentions_by_type(row)
        types = [*mentions, *self._negatives(row, mentions, rng)]
        rng.shuffle(types)
        turns = []
        for entity_type, name in zip(types, self._names(types, rng), strict=True):
            told = answer(mentions.get(entity_type, []), ascii_only=self.args.ascii_answers)
            turns.append((question(name), told))
        return passage_messages(row["text"]), turns

    def _negatives(self, row: Mapping[str, Any], mentions: Mapping[str, list[str]], rng: Random) -> list[str]:
        annotated, foreign = row.get("types"), row.get("foreign_types")
        near = list(self.frequencies) if annotated is None else annotated
        drawn = self._drawn(near, mentions, self.args.negatives_per_passage, rng)
        asked = {*mentions, *drawn}
        return drawn + self._drawn(foreign or [], asked, self.args.foreign_negatives_per_passage, rng)

    def _drawn(self, candidates: Sequence[str], asked: Collection[str], count: int, rng: Random) -> list[str]:
        how, power = self.args.negatives, self.args.negative_frequency_power
        return sample_negative_types(candidates, asked, count, self.frequencies, how, rng, power)  # type: ignore[arg-type]

    def _names(self, types: Sequence[str], rng: Random) -> list[str]:
        """Return what to call each type: mostly itself, now and then a paraphrase, never the same name twice."""
        paraphrases = self.args.type_paraphrases or {}
        names: list[str] = []
        for entity_type in types:
            choice = entity_type
            if entity_type in paraphrases and rng.random() < self.args.paraphrase_rate:
                choice = rng.choice(paraphrases[entity_type])
            names.append(entity_type if choice in names or choice in types else choice)
        return names


def _kept_length(positions: Sequence[int], segments: Sequence[int], max_length: int | None) -> int:
    """Return how many tokens to keep, so that a question that reaches beyond the limit goes as a whole."""
    if max_length is None:
        return len(positions)
    beyond = next((index for index, position in enumerate(positions) if position >= max_length), None)
    return len(positions) if beyond is None else segments.index(segments[beyond])
