"""Evaluate a pipeline on data sets: every type of a set is asked on every passage, as in the paper (section 5.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import datasets
from transformers.pipelines.pt_utils import KeyDataset

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.held_out import is_held_out
from uniner_hf.benchmark.loading import load_benchmark
from uniner_hf.evaluation.entities import read_entities
from uniner_hf.evaluation.presets import EvaluationSet
from uniner_hf.matching import Protocol
from uniner_hf.scoring import EntityScorer, Scores
from uniner_hf.training.lineage import package_versions

if TYPE_CHECKING:
    from uniner_hf.pipeline import UniversalNERPipeline


PACKAGES = ("uniner-hf", "torch", "transformers", "datasets")


@dataclass(frozen=True, slots=True)
class SetResult:
    """Scores of one data set; fractions, not percent.

    Args:
        name: the row of the catalogue.
        split: what was evaluated, such as `"test"`.
        group: sets of one group are averaged.
        passages: how many.
        questions: pairs of a passage and a type.
        precision: micro-averaged over the questions; so are `recall` and `f1`.
        absent_questions: questions about a type that the passage lacks.
        absent_answered: those of them that were answered with a mention.
        per_type: F1 of each type.
    """

    name: str
    split: str
    group: str
    passages: int
    questions: int
    precision: float
    recall: float
    f1: float
    absent_questions: int
    absent_answered: int
    per_type: dict[str, float]


@dataclass(slots=True)
class Evaluation:
    """Results of one system on several data sets.

    Args:
        protocol: how mentions were matched.
        system: what was evaluated, such as `{"model": "outputs/mini"}`.
        limit: passages of each set at most, None for all.
        results: of each set.
    """

    protocol: Protocol
    system: Mapping[str, Any] = field(default_factory=dict)
    limit: int | None = None
    results: list[SetResult] = field(default_factory=list)

    def averages(self) -> dict[str, float]:
        """Return the mean F1 of each group of sets."""
        groups: dict[str, list[float]] = {}
        for result in self.results:
            groups.setdefault(result.group, []).append(result.f1)
        return {group: sum(values) / len(values) for group, values in groups.items()}

    def absent_answer_rate(self) -> float:
        """Return the share of questions about absent types that were answered, over all sets."""
        asked = sum(result.absent_questions for result in self.results)
        return sum(result.absent_answered for result in self.results) / asked if asked else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return {
            "system": dict(self.system),
            "protocol": self.protocol,
            "limit": self.limit,
            "versions": package_versions(PACKAGES),
            "averages": self.averages(),
            "absent_answer_rate": self.absent_answer_rate(),
            "sets": [asdict(result) for result in self.results],
        }


def evaluate(
    ner: UniversalNERPipeline,
    sets: Sequence[EvaluationSet],
    data_dir: str | PathLike[str] | None,
    output: Path,
    *,
    protocol: Protocol = "upstream",
    limit: int | None = None,
    batch_size: int = 32,
    system: Mapping[str, Any] | None = None,
) -> Iterator[SetResult]:
    """Evaluate on one data set after another; yield each result as it is there.

    Writes the predictions of each set to `output/<name>.parquet`, and all results to `output/results.json` at the end.

    Args:
        ner: the pipeline, with its options.
        sets: what to evaluate on.
        data_dir: folder of the original files, None to download them.
        output: folder to write to; it is made.
        protocol: of `uniner_hf.scoring`, default `"upstream"`.
        limit: passages of each set at most, default all.
        batch_size: windows that the model reads at once.
        system: what `results.json` says of the system: `model`, its name, and `grounded`, whether its answers are
            limited to the passage; `uniner-hf push --results` reads them. Default nothing.
    """
    output.mkdir(parents=True, exist_ok=True)
    evaluation = Evaluation(protocol, system or {}, limit)
    for one in sets:
        passages = evaluated_passages(one, data_dir, limit)
        predictions = output / f"{one.name}.parquet"
        scores = _score(ner, one, passages, predictions, protocol, batch_size)
        evaluation.results.append(_result(one, passages, scores))
        yield evaluation.results[-1]
    (output / "results.json").write_text(json.dumps(evaluation.as_dict(), indent=1) + "\n", encoding="utf-8")


def evaluated_passages(
    one: EvaluationSet, data_dir: str | PathLike[str] | None, limit: int | None
) -> datasets.Dataset:
    """Return the passages of a set, `limit` at most, from short to long, so that a batch holds little padding."""
    passages = load_benchmark(one.name, split=one.split, data_dir=data_dir)
    chosen = [index for index, text in enumerate(passages["text"]) if not one.held_out or is_held_out(text)][:limit]
    lengths = {index: len(passages[index]["text"]) for index in chosen}
    return passages.select(sorted(chosen, key=lengths.__getitem__))


def _score(
    ner: UniversalNERPipeline,
    one: EvaluationSet,
    passages: datasets.Dataset,
    predictions: Path,
    protocol: Protocol,
    batch_size: int,
) -> Scores:
    types = find_row(one.name).entity_types(one.split)
    scorer = EntityScorer(protocol, types)
    answered = ner(KeyDataset(passages, "text"), entity_types=types, batch_size=batch_size)
    rows = []
    for passage, found in zip(passages, answered, strict=True):
        scorer.add(read_entities(found, passage["id"]), read_entities(passage["entities"], passage["id"]))
        rows.append({"id": passage["id"], "text": passage["text"], "predicted": found, "gold": passage["entities"]})
    datasets.Dataset.from_list(rows).to_parquet(predictions)
    return scorer.scores()


def _result(one: EvaluationSet, passages: datasets.Dataset, scores: Scores) -> SetResult:
    types = find_row(one.name).entity_types(one.split)
    return SetResult(
        name=one.name,
        split=f"{one.split}, held-out tenth" if one.held_out else one.split,
        group=one.group,
        passages=len(passages),
        questions=len(passages) * len(types),
        precision=scores.precision,
        recall=scores.recall,
        f1=scores.f1,
        absent_questions=scores.absent_questions,
        absent_answered=scores.absent_answered,
        per_type={name: type_scores.f1 for name, type_scores in scores.per_type.items()},
    )
