"""Load a row of the benchmark as a `datasets` data set."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from uniner_hf.benchmark.catalog import find_row

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def load_benchmark(
    name: str, split: str | None = None, data_dir: str | PathLike[str] | None = None
) -> Dataset | DatasetDict:
    """Load a row of the benchmark, or a training set, from its original files.

    Args:
        name: a row of the catalogue, such as `"crossner_ai"`.
        split: `"train"`, `"validation"` or `"test"`; default all that are there.
        data_dir: folder with one sub-folder of original files for each set (`crossner/ai/test.txt`, ...).

    Returns:
        Passages `id, text, entities` with entities `type, text, start, end`, offsets in characters of `text`. Without
        `split`, a dictionary of them. The rows stand in the cache of `datasets`, not in memory.

    Raises:
        ValueError: no such row or split, or no folder.
        FileNotFoundError: the files are not in the folder.
        DataFormatError: a line that the format does not allow, or a label that the catalogue does not know.

    Example:
        >>> passages = load_benchmark("crossner_ai", split="test", data_dir="data")  # doctest: +SKIP
        >>> passages[0]["entities"][0]  # doctest: +SKIP
        {'type': 'algorithm', 'text': 'naive Bayes classifier', 'start': 41, 'end': 63}
    """
    from uniner_hf.builders.ner_benchmark import NERBenchmark, available_splits, source_fingerprint
    from uniner_hf.builders.preparing import prepared

    row = find_row(name)
    if data_dir is None:
        raise ValueError(
            f"Expected data_dir, the folder that holds the original files of {name}, found none; "
            f"the files are {', '.join(row.files.values())}."
        )
    folder = Path(data_dir).resolve()
    splits = available_splits(name, folder)
    if split is not None and split not in splits:
        raise ValueError(f"Expected a split of {name} with files in {folder}, one of {splits}; found {split!r}.")
    fingerprint = source_fingerprint(name, folder)
    return prepared(NERBenchmark(config_name=name, data_dir=str(folder), fingerprint=fingerprint), split)
