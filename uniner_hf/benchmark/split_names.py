"""A row of the catalogue and one of its splits as one name: `crossner_ai/test`."""

from __future__ import annotations

from uniner_hf.benchmark.catalog import BenchmarkRow, find_row


def read_split_name(name: str) -> tuple[BenchmarkRow, str]:
    """Return the row and the split that a name stands for.

    Raises:
        ValueError: no row, or no split of it, has that name.

    Example:
        >>> row, split = read_split_name("crossner_ai/test")
        >>> row.name, split
        ('crossner_ai', 'test')
    """
    row_name, _, split = name.partition("/")
    row = find_row(row_name)
    if split not in row.files:
        raise ValueError(
            f"Expected a row and one of its splits, such as {row_name}/{next(iter(row.files))}; found {name!r}."
        )
    return row, split
