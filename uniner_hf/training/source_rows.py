"""The rows of a source of one's own: a file, a folder or a data set on the Hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import datasets
from pyarrow import parquet

from uniner_hf.benchmark.catalog import benchmark_sets, training_sets
from uniner_hf.benchmark.readers.json_records import read_json_records

FILES = (".json", ".jsonl", ".parquet")


def check_name(key: str, name: str) -> None:
    """Raise ValueError unless a source may be called so: its ids begin with the name, and cards go by it.

    Args:
        key: of the recipe, `"passages"` or `"conversations"`.
        name: of the source.
    """
    if not isinstance(name, str) or not name or "/" in name:
        raise ValueError(f"Expected a name without a slash, found {name!r}; write NAME: {{source: {name}}}.")
    if any(name == row.name for one in (*benchmark_sets(), *training_sets()) for row in one.rows):
        raise ValueError(
            f"Expected for {key} of your own another name than {name}, found that of a data set of the catalogue, "
            "which the model's card would name; rename it, or move it to sets."
        )


def check_source(key: str, name: str, source: str, split: str | None) -> None:
    """Raise an error where a source can be seen to be none before it is read.

    Args:
        key: what messages call its rows, such as `"passages"`, the key of the recipe.
        name: of the source.
        source: a file, a folder or the id of a data set on the Hub.
        split: that is named, None where none is.

    Raises:
        ValueError: a file of another kind, or a split of a file.
        FileNotFoundError: no such file.
    """
    path = Path(source)
    if path.suffix not in FILES:
        if path.is_file():
            raise ValueError(
                f"Expected the {key} {name} in a file that ends in {', '.join(FILES)}, found {source}; convert it."
            )
        return
    if split is not None:
        raise ValueError(
            f"Expected for the {key} {name} no split, found {split!r}: a file is read whole; take it out."
        )
    if not path.is_file():
        raise FileNotFoundError(f"Expected the {key} {name} in {source}, found no such file; name it.")


def source_rows(key: str, name: str, source: str, split: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a source, without holding a file in memory.

    Args:
        key: what messages call its rows, such as `"passages"`, the key of the recipe.
        name: of the source.
        source: a file, a folder or the id of a data set on the Hub.
        split: of a folder or a data set on the Hub.

    Raises:
        ValueError: a file that is not of its kind, or a source without rows.
        FileNotFoundError: no such folder or data set.
    """
    empty = True
    for row in _rows(key, name, Path(source), split):
        empty = False
        yield row
    if empty:
        raise ValueError(f"{source}: expected at least one row of {key}, found none; add rows, or leave {name} out.")


def _rows(key: str, name: str, path: Path, split: str) -> Iterator[Mapping[str, Any]]:
    if path.suffix == ".parquet":
        for batch in parquet.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
    elif path.suffix in FILES:
        with path.open(encoding="utf-8-sig") as file:
            yield from read_json_records(file, str(path))
    else:
        try:
            yield from datasets.load_dataset(str(path), split=split)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"Expected the {key} {name} in {path}, found no such folder nor data set on the Hub; correct its "
                "source."
            ) from error
