"""Lists of the documents of each split: what they choose, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.split_lists import listed_documents


@pytest.fixture
def splits(tmp_path: Path) -> Path:
    path = tmp_path / "splits.json"
    path.write_text(json.dumps({"devel": ["c", "a"], "train": ["a", "b", "c", "é"]}, indent=1), encoding="utf-8")
    return path


def test_names_of_the_key_are_returned(splits: Path) -> None:
    assert listed_documents(splits, "devel", ["a", "b", "c"]) == {"a", "c"}


@pytest.mark.parametrize(
    ("documents", "place", "found"),
    [
        (["a", "b", "é"], ":9", "'c'"),  # of that list, not the "c" of the one before
        (["a", "é"], ":8", "'b' nor for 1 more of its names"),
        (["a", "b", "c"], "", "'é'"),  # its line is not known: it is written as an escape
    ],
)
def test_a_name_without_its_document(splits: Path, documents: list[str], place: str, found: str) -> None:
    with pytest.raises(DataFormatError) as caught:
        listed_documents(splits, "train", documents)
    assert str(caught.value) == (
        f"{splits}{place}: expected files for each document under 'train', found none for {found}; "
        "fetch the original files again, all folders of them."
    )


@pytest.mark.parametrize("content", ["[]", '{"devel": []}', '{"train": 5}', '{"train": "abc"}', '{"train": [["a"]]}'])
def test_a_list_of_another_form(tmp_path: Path, content: str) -> None:
    path = tmp_path / "splits.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataFormatError, match=r"splits\.json: expected .* under 'train', found .*; restore the file"):
        listed_documents(path, "train", ["a", "b", "c"])


def test_a_list_that_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    path.write_text('{\n"train": [', encoding="utf-8")
    with pytest.raises(DataFormatError, match=r"splits\.json:2: expected JSON, found a fault: .*; restore the file"):
        listed_documents(path, "train", [])


def test_a_missing_list(tmp_path: Path) -> None:
    with pytest.raises(
        DataFormatError, match=r"splits\.json: expected the list .*, found no such file; fetch the ori"
    ):
        listed_documents(tmp_path / "splits.json", "train", [])
