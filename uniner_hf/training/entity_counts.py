"""Entities that a pipeline finds in passages, counted against those annotated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from uniner_hf.matching import Counts
from uniner_hf.schema import Entity
from uniner_hf.scoring import EntityScorer, Scores

if TYPE_CHECKING:
    import datasets

    from uniner_hf.pipeline import UniversalNERPipeline


@dataclass(frozen=True, slots=True)
class EntityCounts:
    """What the scores of an evaluation are computed from; the counts of its parts add up.

    Args:
        tp: entities that are right, of those `predicted` and of those in the `gold` annotation.
        absent_questions: questions about a type that the passage lacks.
        absent_answered: those of them that were answered with a mention.

    Example:
        >>> counts = EntityCounts(1, 1, 3, 0, 0) + EntityCounts(0, 1, 1, 4, 1)
        >>> counts.metrics()
        {'precision': 0.5, 'recall': 0.25, 'f1': 0.3333333333333333, 'absent_answered': 0.25}
    """

    tp: int = 0
    predicted: int = 0
    gold: int = 0
    absent_questions: int = 0
    absent_answered: int = 0

    def __add__(self, other: EntityCounts) -> EntityCounts:
        return EntityCounts(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def metrics(self) -> dict[str, float]:
        """Return micro-averaged precision, recall and F1, and the share of absent types that were answered."""
        entities = Counts(self.tp, self.predicted, self.gold)
        return {
            "precision": entities.precision,
            "recall": entities.recall,
            "f1": entities.f1,
            "absent_answered": self.absent_answered / self.absent_questions if self.absent_questions else 0.0,
        }


def count_entities(
    ner: UniversalNERPipeline,
    passages: datasets.Dataset,
    *,
    batch_size: int,
    template: str = "conversation",
    definitions: Mapping[str, str] | None = None,
    process: int = 0,
    processes: int = 1,
    answered: Callable[[], object] = lambda: None,
) -> EntityCounts:
    """Ask passages for their types, and count what is found as the evaluator published with UniversalNER does.

    Args:
        ner: the pipeline.
        passages: rows of passages; those with the same types are asked together, from short to long.
        batch_size: windows that the model reads at once.
        template: that the model is trained with, one of those of `UniNERConfig`.
        definitions: of types, for the definition template.
        process: which of the `processes` this is, from 0; each asks its share of the passages. Default all.
        processes: how many share the passages, default 1.
        answered: called after each passage, default nothing.

    Raises:
        ValueError: there is no type to ask for in any passage.
    """
    texts, entities, types = passages["text"][:], passages["entities"][:], asked_types(passages)
    names = [str(one).split("/")[0] for one in passages["id"]] if template == "dataset-specific" else [""] * len(texts)
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for index in share_of(texts, process, processes):
        groups.setdefault((names[index], types[index]), []).append(index)
    total = EntityCounts()
    for (name, asked), indices in groups.items():
        if not asked:
            continue
        scorer = EntityScorer("upstream", asked)
        options = asking_options(asked, template, definitions or {}, name)
        found = ner((texts[index] for index in indices), **options, batch_size=batch_size)
        for index, predicted in zip(indices, found, strict=True):
            scorer.add([_predicted(one) for one in predicted], [_annotated(one) for one in entities[index]])
            answered()
        total += _counts(scorer.scores())
    return total


def asking_options(
    types: Sequence[str], template: str, definitions: Mapping[str, str], dataset_name: str
) -> dict[str, Any]:
    """Return the options of the pipeline that ask for types as a training with a template did.

    Args:
        types: to ask for.
        template: one of those of `UniNERConfig`.
        definitions: of types, for the definition template.
        dataset_name: for the dataset-specific template.

    Example:
        >>> asking_options(["city"], "definition", {"city": "a large settlement"}, "")
        {'entity_types': {'city': 'a large settlement'}}
    """
    if template == "definition":
        return {"entity_types": {one: definitions.get(one, one) for one in types}}
    if template == "dataset-specific":
        return {"entity_types": list(types), "dataset_name": dataset_name}
    if template == "all-in-one":
        return {"entity_types": list(types), "template": "all-in-one", "grounded": False}
    return {"entity_types": list(types)}


def asked_types(passages: datasets.Dataset) -> list[tuple[str, ...]]:
    """Return the types that each passage is asked for: its `types` and those of its mentions.

    A passage without `types` is asked for those of all mentions of the set.

    Args:
        passages: rows of passages.

    Raises:
        ValueError: there is no type at all.

    Example:
        >>> import datasets
        >>> city = {"type": "city", "text": "Rome", "start": 0, "end": 4}
        >>> asked_types(datasets.Dataset.from_list([{"entities": [city]}, {"entities": []}]))
        [('city',), ('city',)]
    """
    mentioned = [list(dict.fromkeys(one["type"] for one in entities)) for entities in passages["entities"]]
    every = sorted({one for own in mentioned for one in own})
    listed = passages["types"][:] if "types" in passages.column_names else [None] * len(passages)
    types = [
        tuple(dict.fromkeys([*(every if given is None else given), *own]))
        for given, own in zip(listed, mentioned, strict=True)
    ]
    if not any(types):
        raise ValueError(
            f"Expected an entity or a column types in the {len(passages)} passages to evaluate on, found neither, so "
            "there is nothing to ask; add the column, or set eval_generation=False."
        )
    return types


def share_of(texts: Sequence[str], process: int, processes: int) -> list[int]:
    """Return the indices of the texts that a process asks, from short to long, as long as those of the others.

    Args:
        texts: of all processes.
        process: from 0.
        processes: how many there are.

    Example:
        >>> share_of(["aaa", "a", "aa", "aaaa"], 0, 2), share_of(["aaa", "a", "aa", "aaaa"], 1, 2)
        ([1, 0], [2, 3])
    """
    return sorted(range(len(texts)), key=lambda index: len(texts[index]))[process::processes]


def _counts(scores: Scores) -> EntityCounts:
    return EntityCounts(int(scores.tp), scores.predicted, scores.gold, scores.absent_questions, scores.absent_answered)


def _annotated(entity: Mapping[str, Any]) -> Entity:
    return Entity(entity["type"], entity["text"], entity["start"], entity["end"])


def _predicted(entity: Mapping[str, Any]) -> Entity:
    return Entity(entity["entity_group"], entity["word"], entity["start"], entity["end"])
