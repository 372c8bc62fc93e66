"""The passages that a recipe evaluates on while it trains."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike

import datasets

from uniner_hf.benchmark.loading import load_benchmark
from uniner_hf.benchmark.split_names import read_split_name

_TYPES = datasets.List(datasets.Value("string"))


def load_evaluation(names: Iterable[str], data_dir: str | PathLike[str] | None, passages: int) -> datasets.Dataset:
    """Return passages of data sets with `types`, those that each set is asked for.

    Args:
        names: rows and splits of the catalogue, as `"ncbi/validation"`.
        data_dir: folder of the original files, None to download them.
        passages: of each set at most; they are drawn once for all, whatever the seed of a training.

    Raises:
        ValueError: a set or split that does not exist.
        FileNotFoundError: a file is missing.

    Example:
        >>> load_evaluation(["ncbi/validation"], "data/raw", 100).num_rows  # doctest: +SKIP
        100
    """
    return datasets.concatenate_datasets([_of_set(name, data_dir, passages) for name in names])


def _of_set(name: str, data_dir: str | PathLike[str] | None, passages: int) -> datasets.Dataset:
    row, split = read_split_name(name)
    rows = load_benchmark(row.name, split=split, data_dir=data_dir, sample=passages)
    return rows.add_column("types", [row.entity_types(split)] * len(rows), feature=_TYPES)
