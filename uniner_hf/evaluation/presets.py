"""Named lists of data sets to evaluate on."""

from __future__ import annotations

from dataclasses import dataclass

from uniner_hf.benchmark.catalog import BenchmarkRow, benchmark_sets, find_row


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A data set to evaluate on.

    Args:
        name: a row of the catalogue.
        split: its split, default the test file.
        group: sets of one group are averaged, default `"all"`.
        held_out: only the tenth that training left out (`uniner_hf.benchmark.held_out`), default the whole split.
    """

    name: str
    split: str = "test"
    group: str = "all"
    held_out: bool = False


# What the bundled model is judged by. It has seen the training files of the first group and nothing of the others.
MINI = (
    EvaluationSet("broad_tweet_corpus", group="in-domain"),
    EvaluationSet("wnut17", group="in-domain"),
    EvaluationSet("bc5cdr", group="in-domain"),
    EvaluationSet("ncbi", group="in-domain"),
    EvaluationSet("fewnerd_inter", "validation", group="in-domain", held_out=True),
    EvaluationSet("crossner_ai", group="zero-shot"),
    EvaluationSet("crossner_literature", group="zero-shot"),
    EvaluationSet("crossner_politics", group="zero-shot"),
    EvaluationSet("mit_movie", group="zero-shot, lower-case queries"),
)

PRESETS = {"mini": MINI}


def named_sets(names: list[str] | None) -> list[EvaluationSet]:
    """Return the test files of the rows named, by default of all rows of the benchmark that have one.

    Raises:
        ValueError: a name that is not in the catalogue, or a row without a test file.
    """
    rows = [find_row(name) for name in names] if names else _rows_with_test()
    for row in rows:
        if "test" not in row.files:
            raise ValueError(f"Expected a data set with a test file, found {row.name}, which has {list(row.files)}.")
    return [EvaluationSet(row.name) for row in rows]


def _rows_with_test() -> list[BenchmarkRow]:
    return [row for data_set in benchmark_sets() for row in data_set.rows if "test" in row.files]
