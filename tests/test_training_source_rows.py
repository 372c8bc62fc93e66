"""Sources of one's own, whatever they hold: what they may be called, and where they are read from."""

import json
from pathlib import Path
from typing import Any

import datasets
import pytest

from uniner_hf.training.source_rows import check_name, check_source, source_rows

pytestmark = pytest.mark.usefixtures("datasets_cache")
ROWS = [{"text": "Add salt."}, {"text": "Wait."}]


def read(source: Path, split: str = "train") -> list[dict[str, Any]]:
    return [dict(row) for row in source_rows("passages", "mine", str(source), split)]


def test_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ROWS), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8-sig")
    datasets.Dataset.from_list(ROWS).to_parquet(tmp_path / "a.parquet")
    datasets.Dataset.from_list(ROWS).to_parquet(tmp_path / "folder" / "test.parquet")
    for name in ("a.json", "a.jsonl", "a.parquet"):
        assert read(tmp_path / name) == ROWS
    assert read(tmp_path / "folder", "test") == ROWS


def test_no_rows(tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"text": []}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="a.parquet: expected at least one row of passages, found none; add rows"):
        read(tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(ValueError, match="a.jsonl: .* expected at least one record, found none"):
        read(tmp_path / "a.jsonl")


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="the passages mine in .*no such folder nor data set on the Hub"):
        read(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="the passages mine in .*none.jsonl, found no such file; name it"):
        check_source("passages", "mine", str(tmp_path / "none.jsonl"), None)


def test_files_of_another_kind_and_splits_of_files(tmp_path: Path) -> None:
    for name in ("a.csv", "a.json"):
        (tmp_path / name).write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a file that ends in .json, .jsonl, .parquet, found .*a.csv; convert it"):
        check_source("passages", "mine", str(tmp_path / "a.csv"), None)
    with pytest.raises(ValueError, match="the passages mine no split, found 'test': a file is read whole"):
        check_source("passages", "mine", str(tmp_path / "a.json"), "test")
    check_source("passages", "mine", str(tmp_path), "test")
    check_source("passages", "mine", "me/recipes", None)


@pytest.mark.parametrize(("name", "message"), [("a/b", "without a slash"), ("", "without a slash"), (7, "a slash")])
def test_names_that_do_not_serve(name: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_name("passages", name)


@pytest.mark.parametrize("key", ["passages", "conversations"])
def test_names_of_the_catalogue(key: str) -> None:
    with pytest.raises(ValueError, match=f"for {key} of your own another name than ncbi, .*; rename it, or move it"):
        check_name(key, "ncbi")
