"""The builder over the original files."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.passages import read_passages
from uniner_hf.builders.ner_benchmark import PASSAGE_FEATURES, NERBenchmark, available_splits, source_fingerprint


def test_every_row_of_the_catalogue_is_a_configuration() -> None:
    assert {"crossner_ai", "mit_movie", "wnut17"} <= NERBenchmark.builder_configs.keys()
    info = NERBenchmark(config_name="wnut17", data_dir="anywhere").info
    assert (info.license, info.features) == ("CC BY 4.0", PASSAGE_FEATURES)
    assert "emerging_entities_17" in info.homepage


def test_the_builder_gives_the_passages_of_every_split_that_is_there(raw: Path, datasets_cache: Path) -> None:
    builder = NERBenchmark(config_name="crossner_ai", data_dir=str(raw))
    builder.download_and_prepare()
    rows = builder.as_dataset()
    assert set(rows) == {"train", "validation", "test"}
    for split, passages in rows.items():
        expected = list(read_passages(find_row("crossner_ai"), split, raw))
        assert passages["id"][:] == [passage.id for passage in expected]
        assert [len(row["entities"]) for row in passages] == [len(passage.entities) for passage in expected]
    assert rows["train"][1]["entities"] == [{"type": "program language", "text": "Java", "start": 63, "end": 67}]
    assert rows["train"].features == PASSAGE_FEATURES
    assert Path(builder.cache_dir).is_relative_to(datasets_cache)


def test_the_builder_streams(raw: Path) -> None:
    streamed = NERBenchmark(config_name="litbank", data_dir=str(raw)).as_streaming_dataset(split="train")
    assert next(iter(streamed))["text"] == "CHAPTER I In Chancery London ."


def test_what_is_left_out_is_logged(raw: Path, datasets_cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="uniner_hf"):
        NERBenchmark(config_name="crossner_ai", data_dir=str(raw)).download_and_prepare()
    assert caplog.messages == ["left out of crossner_ai/test: 2 mentions labelled misc"]


def test_splits_are_those_with_files(raw: Path) -> None:
    assert available_splits("crossner_ai", raw) == ["train", "validation", "test"]
    assert available_splits("wnut17", raw) == ["train"]


def test_a_folder_without_the_files_is_an_error_that_says_where_they_are(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match="crossner/ai/train.txt, .*found none of them; get them from https://git"
    ):
        available_splits("crossner_ai", tmp_path)


def test_the_fingerprint_follows_name_size_and_time_of_the_files(raw: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(raw / "crossner", tmp_path / "crossner")).parent
    before = source_fingerprint("crossner_ai", folder)
    assert source_fingerprint("crossner_ai", folder) == before
    os.utime(folder / "crossner" / "ai" / "dev.txt", ns=(1, 1))
    touched = source_fingerprint("crossner_ai", folder)
    (folder / "crossner" / "ai" / "dev.txt").unlink()
    assert len({before, touched, source_fingerprint("crossner_ai", folder)}) == 3
