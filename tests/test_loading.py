"""`load_benchmark`: from a name and a folder to a data set, offline."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

import uniner_hf
from uniner_hf.benchmark import load_benchmark
from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.readers.errors import DataFormatError

pytestmark = pytest.mark.usefixtures("datasets_cache")


def write(folder: Path, content: str) -> Path:
    path = folder / "crossner" / "ai" / "test.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_a_split_is_a_data_set(raw: Path) -> None:
    passages = uniner_hf.load_benchmark("crossner_ai", split="test", data_dir=raw)
    assert passages[1] == {
        "id": "crossner_ai/test/1",
        "text": "A frame language is a technology used for knowledge representation in artificial intelligence .",
        "entities": [
            {"type": "task", "text": "knowledge representation", "start": 42, "end": 66},
            {"type": "field", "text": "artificial intelligence", "start": 70, "end": 93},
        ],
    }


def test_without_a_split_all_that_are_there_come(raw: Path) -> None:
    assert {split: len(rows) for split, rows in load_benchmark("crossner_ai", data_dir=str(raw)).items()} == {
        "train": 2,
        "validation": 1,
        "test": 3,
    }


def test_a_split_without_rows(tmp_path: Path) -> None:
    write(tmp_path, "\n\n")
    assert load_benchmark("crossner_ai", data_dir=tmp_path) == {}
    with pytest.raises(ValueError, match="rows in the split 'test' of crossner_ai, found none in its files; restore"):
        load_benchmark("crossner_ai", split="test", data_dir=tmp_path)


def test_training_sets_load_too(raw: Path) -> None:
    assert len(load_benchmark("wikigold", split="train", data_dir=raw)) == 3


def test_nothing_is_asked_of_the_network(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len(load_benchmark("wnut17", split="train", data_dir=raw)) == 3


def test_the_cache_notices_a_changed_file(tmp_path: Path) -> None:
    path = write(tmp_path, "Ada\tB-person\n")
    assert load_benchmark("crossner_ai", split="test", data_dir=tmp_path)["text"][:] == ["Ada"]
    path.write_text("Bob\tB-person\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_benchmark("crossner_ai", split="test", data_dir=tmp_path)["text"][:] == ["Bob"]


def test_the_cache_is_used_for_a_file_that_did_not_change(tmp_path: Path) -> None:
    write(tmp_path, "Ada\tB-person\n")
    files = [load_benchmark("crossner_ai", split="test", data_dir=tmp_path).cache_files for _ in range(2)]
    assert files[0] == files[1]


def test_a_relative_folder_is_that_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, name in (("one", "Ada"), ("two", "Bob")):
        os.utime(write(tmp_path / folder / "raw", f"{name}\tB-person\n"), ns=(1, 1))
        monkeypatch.chdir(tmp_path / folder)
        assert load_benchmark("crossner_ai", split="test", data_dir="raw")["text"][:] == [name]


def test_an_unknown_name_is_answered_with_the_known_ones(raw: Path) -> None:
    with pytest.raises(
        ValueError, match="Expected the name of a data set, found 'crossner-ai'; did you mean 'crossner_ai'?"
    ):
        load_benchmark("crossner-ai", data_dir=raw)


@pytest.mark.parametrize("split", ["dev", "validation"])
def test_a_split_without_files_is_answered_with_those_that_have_them(split: str, raw: Path) -> None:
    with pytest.raises(ValueError, match=rf"one of train, found '{split}'; ask for one of them, or add the files"):
        load_benchmark("wnut17", split=split, data_dir=raw)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Expected the original files of wnut17 in .*nowhere"):
        load_benchmark("wnut17", data_dir=tmp_path / "nowhere")


def test_a_broken_line_is_the_error_itself(tmp_path: Path) -> None:
    write(tmp_path, "Ada\tB-person\nleft\n")
    with pytest.raises(DataFormatError, match=r"test\.txt:2: expected at least 2 columns"):
        load_benchmark("crossner_ai", split="test", data_dir=tmp_path)
    write(tmp_path, "Ada\tB-person\nleft\tO\n")
    assert load_benchmark("crossner_ai", split="test", data_dir=tmp_path)["text"][:] == ["Ada left"]


def test_views_and_editions(raw: Path) -> None:
    def load(**given: object) -> Any:
        return load_benchmark("crossner_ai", split="test", data_dir=raw, **given)  # type: ignore[arg-type]

    types = find_row("crossner_ai").entity_types("test")
    queries = load(view="queries", edition="upstream")
    assert (len(queries), queries.column_names) == (3 * len(types), ["id", "messages", "entity_type"])
    assert sorted(queries[:13]["entity_type"]) == sorted(types)
    conversations = load(view="conversations")
    assert [len(row["messages"]) for row in conversations] == [3 + 2 * len(types)] * 3
    assert conversations["messages"][:] != load(view="conversations", seed=1)["messages"][:]
    bio = load(view="bio")
    names = bio.features["ner_tags"].feature.names
    assert [names[tag] for tag in bio[2]["ner_tags"]][-4:-1] == ["B-program language", "O", "B-program language"]


def test_a_sample_is_drawn_by_seed_and_keeps_the_order(raw: Path) -> None:
    def drawn(seed: int) -> list[str]:
        return list(load_benchmark("crossner_ai", split="test", data_dir=raw, sample=2, seed=seed)["id"])

    samples = [drawn(seed) for seed in range(8)]
    assert all(len(sample) == 2 and sample == sorted(sample) for sample in samples)
    assert samples == [drawn(seed) for seed in range(8)]
    assert len({tuple(sample) for sample in samples}) > 1
    whole = load_benchmark("crossner_ai", data_dir=raw, sample=2)
    assert {split: len(rows) for split, rows in whole.items()} == {"train": 2, "validation": 1, "test": 2}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"view": "rows"},
            "view to be one of passages, queries, conversations, bio, found 'rows'; ask for one of them",
        ),
        ({"edition": "published"}, "edition to be one of original, upstream, found 'published'; ask for one of them"),
        ({"sample": 0}, "sample to be a number of rows of at least 1, found 0; leave it out to load every row"),
    ],
)
def test_mistaken_options(raw: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_benchmark("crossner_ai", split="test", data_dir=raw, **given)
