"""The questions that an epoch asks of a row: its types, others that it lacks, in an order of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from uniner_hf.conversations import all_in_one_answer, all_in_one_question, answer, passage_messages, question
from uniner_hf.distillation.negatives import TypePool, sample_negative_types
from uniner_hf.schema import Entity, Message
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.rows import conversation_of, entities_by_type, split_conversation, type_frequencies

if TYPE_CHECKING:
    import datasets


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a passage and its answer.

    Args:
        text: of the question.
        answer: to it.
        own: its number among the questions that the row is asked in every epoch, -1 for a type that it lacks.
        name: what the type asked is called, `""` in a conversation that came as such.
        entities: what the answer lists.
    """

    text: str
    answer: str
    own: int
    name: str = ""
    entities: tuple[Entity, ...] = ()


class QuestionDrawer:
    """Draws the questions of a row.

    Args:
        source: rows of passages or of conversations (see `uniner_hf.training.rows`).
        args: settings of the training.
    """

    def __init__(self, source: datasets.Dataset, args: UniNERConfig) -> None:
        self.args = args
        self.frequencies = type_frequencies(source)
        sampling: Any = args.negatives
        self.all_types = TypePool(self.frequencies, sampling, args.negative_frequency_power)

    def opening(self, row: Mapping[str, Any]) -> list[Message]:
        """Return the turns that present the passage."""
        if conversation_of(row):
            return split_conversation(conversation_of(row))[0]
        name = str(row["id"]).split("/")[0] if self.args.template == "dataset-specific" else None
        return passage_messages(row["text"], name)

    def own(self, row: Mapping[str, Any]) -> list[Question]:
        """Return what is asked of a row in every epoch, under its longest names: its types, or its questions."""
        if conversation_of(row):
            return [Question(*turn, number) for number, turn in enumerate(split_conversation(conversation_of(row))[1])]
        paraphrases = self.args.type_paraphrases or {}
        return [
            self._question(one, max([one, *paraphrases.get(one, [])], key=len), found, number)
            for number, (one, found) in enumerate(entities_by_type(row).items())
        ]

    def draw(self, row: Mapping[str, Any], rng: Random) -> list[Question]:
        """Return what is asked of a row in an epoch, in the order of that epoch.

        Args:
            row: of the source.
            rng: source of randomness.
        """
        if conversation_of(row):
            turns = self.own(row)
            rng.shuffle(turns)
            return turns
        entities = entities_by_type(row)
        own = {one: number for number, one in enumerate(entities)}
        types = [*entities, *self._negatives(row, entities, rng)]
        rng.shuffle(types)
        names = self._names(types, rng)
        return [
            self._question(one, name, entities.get(one, []), own.get(one, -1))
            for one, name in zip(types, names, strict=True)
        ]

    def turns(self, questions: Sequence[Question]) -> list[tuple[str, str]]:
        """Return questions as the turns of a conversation, by the template of the settings."""
        if self.args.template != "all-in-one" or not questions or not questions[0].name:
            return [(one.text, one.answer) for one in questions]
        entities = sorted(
            (entity for one in questions for entity in one.entities), key=lambda one: (one.start, one.end)
        )
        told = all_in_one_answer(entities, ascii_only=self.args.ascii_answers)
        return [(all_in_one_question([one.name for one in questions]), told)]

    def negative_count(self, row: Mapping[str, Any]) -> int:
        """Return how many types that it lacks are asked of a row at most."""
        if conversation_of(row) or self.args.negatives == "none":
            return 0
        foreign = self.args.foreign_negatives_per_passage if row.get("foreign_types") else 0
        return self._near_count(len(entities_by_type(row))) + foreign

    def usual_negative(self) -> Question:
        """Return a question about a type that a passage lacks, as long as the middle one of all mentions' types."""
        half, seen, name = sum(self.frequencies.values()) / 2, 0, "entity"
        for name in sorted(self.frequencies, key=len):
            seen += self.frequencies[name]
            if seen >= half:
                break
        return self._question(name, name, [], -1)

    def _question(self, entity_type: str, name: str, found: Sequence[Mapping[str, Any]], own: int) -> Question:
        definition = (self.args.definitions or {}).get(entity_type) if self.args.template == "definition" else None
        entities = tuple(Entity(name, one["text"], one["start"], one["end"]) for one in found)
        told = answer([one.text for one in entities], ascii_only=self.args.ascii_answers)
        return Question(question(name, definition), told, own, name, entities)

    def _near_count(self, present: int) -> int:
        if self.args.negatives_ratio is None:
            return self.args.negatives_per_passage
        return max(1, round(self.args.negatives_ratio * present))

    def _negatives(self, row: Mapping[str, Any], present: Collection[str], rng: Random) -> list[str]:
        annotated, foreign, count = row.get("types"), row.get("foreign_types"), self._near_count(len(present))
        if annotated is None:
            drawn = self.all_types.draw(present, count, rng)
        else:
            drawn = self._drawn(annotated, present, count, rng)
        asked = {*present, *drawn}
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
