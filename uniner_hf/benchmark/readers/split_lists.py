"""Lists of the documents of each split, in a JSON file beside the documents: SoMeSci."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.text_files import read_document


def listed_documents(path: Path, key: str, documents: Collection[str]) -> frozenset[str]:
    """Return the names of the documents that a list gives under a key; each must be there.

    Args:
        path: a JSON file with an object that has lists of names.
        key: of the list.
        documents: the names of the documents that are there, of whichever split.

    Raises:
        DataFormatError: no such file, another content, or a name without its document: a split must not shrink unseen.
    """
    if not path.is_file():
        raise DataFormatError(
            f"{path}: expected the list of the splits' documents, found no such file; fetch the original file again."
        )
    content = read_document(path)
    names = _names(path, key, content)
    missing = [name for name in names if name not in documents]
    if missing:
        others = f" nor for {len(missing) - 1} more of its names" if missing[1:] else ""
        raise DataFormatError(
            f"{_place(path, key, missing[0], content)}: expected files for each document under {key!r}, found none "
            f"for {missing[0]!r}{others}; fetch the original files again, all folders of them."
        )
    return frozenset(names)


def _names(path: Path, key: str, content: str) -> list[str]:
    try:
        splits = json.loads(content)
    except json.JSONDecodeError as fault:
        raise DataFormatError(
            f"{path}:{fault.lineno}: expected JSON, found a fault: {fault.msg}; restore the file."
        ) from None
    names = splits.get(key) if isinstance(splits, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DataFormatError(
            f"{path}: expected a JSON object with a list of names under {key!r}, found {repr(splits)[:80]}; restore "
            "the file."
        )
    return names


def _place(path: Path, key: str, name: str, content: str) -> str:
    """Return where a name stands: the file with its line, without one where it is written with other escapes."""
    at = content.find(f'"{name}"', max(content.find(f'"{key}"'), 0))
    return f"{path}:{content.count(chr(10), 0, at) + 1}" if at >= 0 else str(path)
