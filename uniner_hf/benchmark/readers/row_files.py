"""Files of rows with named columns: JSON lines, one JSON array, parquet, and Arrow streams as `datasets` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uniner_hf.benchmark.readers.errors import DataFormatError, unlike_catalogue
from uniner_hf.benchmark.readers.json_records import read_json_records

if TYPE_CHECKING:
    import pyarrow

BATCH_ROWS = 1000  # rows of a parquet file that are held at a time


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, with the columns asked for and perhaps others.

    Args:
        path: a file whose suffix tells what it is: `.json`, `.jsonl`, `.parquet` or `.arrow`.
        columns: names of the columns that every row must have.

    Raises:
        DataFormatError: another suffix, a file that is not what its suffix says, or one that lacks a column.
    """
    if path.suffix in (".json", ".jsonl"):
        yield from _json_rows(path, columns)
    elif path.suffix in (".parquet", ".arrow"):
        yield from _arrow_rows(path, columns)
    else:
        raise DataFormatError(
            f"{path}: expected a file with the suffix .json, .jsonl, .parquet or .arrow, found {path.suffix!r}; "
            "rename the file for what it holds."
        )


def class_names(path: Path, column: str) -> list[str] | None:
    """Return the names of the integers in a column of classes or of lists of them, None where the file has none.

    Args:
        path: a file as `read_rows` takes; JSON has no names.
        column: the column.

    Raises:
        DataFormatError: a file that is not what its suffix says.
    """
    if path.suffix not in (".parquet", ".arrow"):
        return None
    from datasets import Features

    feature = Features.from_arrow_schema(_schema(path)).get(column)
    names = getattr(getattr(feature, "feature", feature), "names", None)
    return None if names is None else list(names)


def _json_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, record in enumerate(read_json_records(file, str(path)), start=1):
            _check_columns(f"{path}: record {number}", columns, list(record))
            yield record


def _arrow_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    _check_columns(str(path), columns, _schema(path).names)
    import pyarrow

    try:
        for batch in _batches(path, columns):
            yield from batch.to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow.parquet

    if path.suffix == ".parquet":
        with pyarrow.parquet.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH_ROWS, columns=list(columns))
    else:
        with pyarrow.memory_map(str(path)) as source, pyarrow.ipc.open_stream(source) as stream:
            yield from (batch.select(columns) for batch in stream)


def _schema(path: Path) -> pyarrow.Schema:
    import pyarrow.parquet

    try:
        if path.suffix == ".parquet":
            return pyarrow.parquet.read_schema(path)
        with pyarrow.memory_map(str(path)) as source, pyarrow.ipc.open_stream(source) as stream:
            return stream.schema
    except (pyarrow.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> DataFormatError:
    kind = "a parquet file" if path.suffix == ".parquet" else "an Arrow stream, as `datasets` writes it"
    return DataFormatError(
        f"{path}: expected {kind}, found what cannot be read as one ({error}); download the file again."
    )


def _check_columns(place: str, expected: Sequence[str], found: Sequence[str]) -> None:
    missing = [repr(column) for column in expected if column not in found]
    if missing:
        raise DataFormatError(
            f"{place}: expected the column {' and '.join(missing)}, found {', '.join(found) or 'none'}; "
            f"{unlike_catalogue('columns')}"
        )
