"""The full original files, where UNINER_RAW names their folder: whole, and as the catalogue describes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import BenchmarkRow, benchmark_sets, find_row, training_sets
from uniner_hf.benchmark.checking import check_row

RAW = os.environ.get("UNINER_RAW")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(RAW is None, reason="UNINER_RAW names no folder of original files"),
]
ROWS = [row for data_set in (*benchmark_sets(), *training_sets()) for row in data_set.rows]
# The folder of the developers holds the first documents only.
PARTLY_THERE = {"scierc", "scirex", "somesci"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_files_are_whole_and_their_counts_those_of_the_catalogue(row: BenchmarkRow) -> None:
    reports = list(check_row(row, Path(RAW or "")))
    if not reports:
        pytest.skip(f"no file of {row.name} is in {RAW}")
    for report in reports:
        counted = row.name in PARTLY_THERE or report.split in row.sizes
        assert counted, f"{row.name}/{report.split} is not counted in the catalogue"
        assert row.name in PARTLY_THERE or report.problems == []


def test_documents_of_scirex() -> None:
    (report,) = check_row(find_row("scirex"), Path(RAW or ""))
    documents = len(list(Path(RAW or "").glob("scirex/train_docs/*.json")))
    if documents != 20:
        pytest.skip(f"counted for the first 20 documents, found {documents}")
    assert (report.passages, report.mentions, report.dropped) == (5862, 6682, {})
