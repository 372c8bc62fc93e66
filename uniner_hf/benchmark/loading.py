"""Load a row of the benchmark as a `datasets` data set."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, get_args

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.editions import Edition
from uniner_hf.benchmark.views import View

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def load_benchmark(
    name: str,
    split: str | None = None,
    data_dir: str | PathLike[str] | None = None,
    *,
    view: View = "passages",
    edition: Edition = "original",
    sample: int | None = None,
    seed: int = 0,
) -> Dataset | DatasetDict:
    """Load a row of the benchmark, or a training set, from its original files.

    Args:
        name: a row of the catalogue, such as `"crossner_ai"`.
        split: `"train"`, `"validation"` or `"test"`; default all that are there.
        data_dir: folder with one sub-folder of original files for each set (`crossner/ai/test.txt`, ...); default:
            the original files are downloaded to a folder in the cache of `datasets`.
        view: `"passages"` (default); `"queries"`: one question for each passage and entity type, as in the authors'
            evaluation files; `"conversations"`: one for each passage, asked for every entity type of its set;
            `"bio"`: tokens with IOB2 tags.
        edition: `"original"` (default), or `"upstream"`: the evaluation files that the authors published, what they
            lack included; for CrossNER and the MIT sets.
        sample: at most that many rows of each split, drawn by `seed`, in their order; default all. The paper trains
            on 10,000 passages a set and evaluates 200,000 queries (Appendix A).
        seed: of the sample and of the order of the questions in a conversation, default 0.

    Returns:
        Passages `id, text, entities` with entities `type, text, start, end`, offsets in characters of `text`; queries
        `id, messages, entity_type`; conversations `id, messages`; or `id, tokens, ner_tags`. Without `split`, a
        dictionary of them. The rows stand in the cache of `datasets`, not in memory.

    Raises:
        ValueError: no such row, split, view or edition.
        FileNotFoundError: the files are not in the folder, or no longer where the catalogue has them.
        ConnectionError: their server cannot be reached.
        PermissionError: they need a licence or an agreement; the message says whose.
        DataFormatError: a line that the format does not allow, or a label that the catalogue does not know.

    Example:
        >>> passages = load_benchmark("crossner_ai", split="test", data_dir="data")  # doctest: +SKIP
        >>> passages[0]["entities"][0]  # doctest: +SKIP
        {'type': 'algorithm', 'text': 'naive Bayes classifier', 'start': 44, 'end': 66}
    """
    from datasets import DatasetDict

    from uniner_hf.benchmark.fetching import fetched_folder
    from uniner_hf.builders.ner_benchmark import NERBenchmark, available_splits, source_fingerprint
    from uniner_hf.builders.preparing import prepared

    find_row(name)
    _check_options(view, edition, sample)
    folder = fetched_folder(name) if data_dir is None else Path(data_dir).resolve()
    splits = available_splits(name, folder)
    if split is not None and split not in splits:
        raise ValueError(
            f"Expected a split of {name} with files in {folder}, one of {', '.join(splits)}, found {split!r}; ask for "
            "one of them, or add the files of the split."
        )
    fingerprint = source_fingerprint(name, folder)
    builder = NERBenchmark(
        config_name=name, data_dir=str(folder), fingerprint=fingerprint, view=view, edition=edition, seed=seed
    )
    rows = prepared(builder, split)
    if sample is None:
        return rows
    if split is not None:
        return _sampled(rows, sample, seed)
    return DatasetDict({name: _sampled(one, sample, seed) for name, one in rows.items()})


def _check_options(view: str, edition: str, sample: int | None) -> None:
    for option, value, choices in (("view", view, get_args(View)), ("edition", edition, get_args(Edition))):
        if value not in choices:
            raise ValueError(
                f"Expected {option} to be one of {', '.join(choices)}, found {value!r}; ask for one of them."
            )
    if sample is not None and sample < 1:
        raise ValueError(
            f"Expected sample to be a number of rows of at least 1, found {sample!r}; leave it out to load every row."
        )


def _sampled(rows: Dataset, count: int, seed: int) -> Dataset:
    """Return that many rows in their order, all where there are no more."""
    if len(rows) <= count:
        return rows
    return rows.select(sorted(Random(seed).sample(range(len(rows)), count)))
