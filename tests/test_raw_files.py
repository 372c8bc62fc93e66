"""The full original files, where UNINER_RAW names their folder: whole, and as the catalogue describes them."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import BenchmarkRow, benchmark_sets, find_row, training_sets
from uniner_hf.benchmark.checking import check_row
from uniner_hf.benchmark.passages import read_passages, splits_here
from uniner_hf.decoding.grammar import closes_the_word_before, opens_the_word_behind

RAW = os.environ.get("UNINER_RAW")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(RAW is None, reason="UNINER_RAW names no folder of original files"),
]
ROWS = [row for data_set in (*benchmark_sets(), *training_sets()) for row in data_set.rows]
# The folder of the developers holds the first documents only.
PARTLY_THERE = {"scierc", "scirex", "somesci"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_files_are_whole_and_their_counts_those_of_the_catalogue(row: BenchmarkRow, tmp_path: Path) -> None:
    folder = _with_its_list_cut(tmp_path) if row.name == "somesci" else Path(RAW or "")
    reports = list(check_row(row, folder))
    if not reports:
        pytest.skip(f"no file of {row.name} is in {RAW}")
    for report in reports:
        counted = row.name in PARTLY_THERE or report.split in row.sizes
        assert counted, f"{row.name}/{report.split} is not counted in the catalogue"
        assert row.name in PARTLY_THERE or report.problems == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_grammar_of_answers_rules_no_gold_mention_out(row: BenchmarkRow, tmp_path: Path) -> None:
    folder = _with_its_list_cut(tmp_path) if row.name == "somesci" else Path(RAW or "")
    for split in splits_here(row, folder):
        for passage in read_passages(row, split, folder, Counter()):
            for entity in passage.entities:
                assert not closes_the_word_before(passage.text, entity.start), entity
                assert len(entity.text) == 1 or not opens_the_word_behind(passage.text, entity.end), entity


def test_documents_of_scirex() -> None:
    (report,) = check_row(find_row("scirex"), Path(RAW or ""))
    documents = len(list(Path(RAW or "").glob("scirex/train_docs/*.json")))
    if documents != 20:
        pytest.skip(f"counted for the first 20 documents, found {documents}")
    assert (report.passages, report.mentions, report.dropped) == (5862, 6682, {})


def _with_its_list_cut(folder: Path) -> Path:
    """Return a folder with links to the documents of SoMeSci and a list of those: a partial copy is refused."""
    original = Path(RAW or "") / "somesci"
    documents = {path.stem for path in original.glob("*/*.txt")}
    if documents:
        (folder / "somesci").mkdir()
        for path in original.iterdir():
            if path.is_dir():
                (folder / "somesci" / path.name).symlink_to(path)
        name = "train_devel_test_split.json"
        splits = json.loads((original / name).read_text(encoding="utf-8"))
        there = {key: [one for one in names if one in documents] for key, names in splits.items()}
        (folder / "somesci" / name).write_text(json.dumps(there), encoding="utf-8")
    return folder
