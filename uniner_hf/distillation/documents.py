"""The documents of a source of raw text, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from uniner_hf.benchmark.readers.json_records import read_json_records

FILES = (".txt", ".jsonl", ".jsonl.zst", ".parquet")


class Document(NamedTuple):
    """A text of a source.

    Attributes:
        number: of the document in its source, from 0.
        id: what its row has as `id`, else its number.
        text: None where its row has none.
        subset: what its row has in the column of subsets, `""` where no such column is named.
    """

    number: int
    id: str
    text: str | None
    subset: str


def read_documents(
    source: str, split: str = "train", text_column: str = "text", subset_column: str | None = None
) -> Iterator[Document]:
    """Yield the documents of a source; no more than a few of its rows are held in memory.

    Args:
        source: a `.txt` file, which is one document; a `.jsonl`, `.jsonl.zst` (with the package `zstandard`) or
            `.parquet` file, or a folder or data set on the Hub that `datasets.load_dataset` opens, a document a row.
        split: of a folder or a data set.
        text_column: that holds the text.
        subset_column: that says from which part of the source a row comes; a dot leads into a column of columns, as in
            `meta.pile_set_name`.

    Raises:
        FileNotFoundError: no such file, folder or data set.
        ImportError: a `.zst` file, and no `zstandard`.
        ValueError: a file of another kind or broken, a row without such a column, or one that is not text.

    Example:
        >>> next(read_documents("monology/pile-uncopyrighted", subset_column="meta.pile_set_name"))  # doctest: +SKIP
        Document(number=0, id='0', text='It is done, and submitted. ...', subset='Pile-CC')
    """
    for number, row in enumerate(_rows(source, split)):
        place = f"{source}, row {number + 1}"
        text = _value(row, text_column, place, "--text-column")
        if not (text is None or isinstance(text, str)):
            raise ValueError(
                f"{place}: expected text in the column {text_column}, found {type(text).__name__}; name another with "
                "--text-column."
            )
        subset = _value(row, subset_column, place, "--subset-column") if subset_column else ""
        identity = row.get("id")
        yield Document(number, str(number if identity is None else identity), text, str(subset))


def _rows(source: str, split: str) -> Iterator[Mapping[str, Any]]:
    path = Path(source)
    if path.is_file() and not path.name.endswith(FILES):
        raise ValueError(f"Expected a file that ends in {', '.join(FILES)}, found {source}; convert it.")
    if path.suffix == ".txt":
        try:
            yield {"text": path.read_bytes().decode("utf-8-sig")}  # line ends stay: offsets count them
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{source}: expected UTF-8, found {error.reason} at byte {error.start}; convert it."
            ) from error
    elif path.suffix == ".jsonl":
        with path.open(encoding="utf-8-sig") as file:
            yield from read_json_records(file, source)
    elif path.suffix == ".parquet":
        yield from _parquet_rows(path)
    else:
        yield from _streamed(path, split)


def _parquet_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    from pyarrow import ArrowInvalid, parquet

    with path.open("rb") as stream:
        try:
            file = parquet.ParquetFile(stream)
        except ArrowInvalid as error:
            raise ValueError(f"{path}: expected a parquet file, found none: {error}; download it again.") from error
        for batch in file.iter_batches(batch_size=64):
            yield from batch.to_pylist()


def _streamed(path: Path, split: str) -> Iterator[Mapping[str, Any]]:
    import datasets

    if path.suffix == ".zst" and find_spec("zstandard") is None:
        raise ImportError(f"{path}: expected the package zstandard to read it, found none; pip install zstandard.")
    try:
        if path.name.endswith(FILES):
            yield from datasets.load_dataset("json", data_files=str(path), split="train", streaming=True)
        else:
            yield from datasets.load_dataset(str(path), split=split, streaming=True)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"Expected a file, a folder or a data set on the Hub that can be reached, found none at {path}; correct "
            "--source."
        ) from error


def _value(row: Mapping[str, Any], column: str, place: str, option: str) -> Any:
    value: Any = row
    for name in column.split("."):
        if not (isinstance(value, Mapping) and name in value):
            raise ValueError(
                f"{place}: expected the column {column}, found {', '.join(map(str, row))}; name another with {option}."
            )
        value = value[name]
    return value
