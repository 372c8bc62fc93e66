"""Rows of tokens and tags: every container, every way to name tags, what is left out, what is refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.tagged_tokens import TaggedTokens

NAMES = ["O", "B-PER", "I-PER", "B-LOC"]
ROWS: list[dict[str, Any]] = [
    {"words": ["Ada", "King", "left", "Rome"], "ner": [1, 2, 0, 3], "lang": "en"},
    {"words": ["Sì"], "ner": [0], "lang": "it"},
    {"words": ["Rome", "Rome"], "ner": [3, 3], "lang": "en"},
]
READER = TaggedTokens("words", "ner", names=NAMES)


def write(path: Path, rows: list[dict[str, Any]], features: Features | None = None) -> Path:
    """Write rows in the container that the suffix tells, as `datasets` writes it."""
    match path.suffix:
        case ".jsonl":
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        case ".json":
            path.write_text(json.dumps(rows), encoding="utf-8")
        case ".parquet":
            Dataset.from_list(rows, features=features).to_parquet(path)
        case ".arrow":
            Dataset.from_list(rows, features=features).save_to_disk(path.parent / "saved")
            (path.parent / "saved" / "data-00000-of-00001.arrow").rename(path)
    return path


def read(
    reader: TaggedTokens, *paths: Path, split: str = "train", dropped: Counter[str] | None = None
) -> list[RawPassage]:
    files = SplitFiles(paths[0].parent, split, paths)
    return list(reader.read(files, Counter() if dropped is None else dropped))


def mentions(passages: list[RawPassage]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(one.text, [(span.label, one.text[span.start : span.end]) for span in one.spans]) for one in passages]


READ = [
    ("Ada King left Rome", [("PER", "Ada King"), ("LOC", "Rome")]),
    ("Sì", []),
    ("Rome Rome", [("LOC", "Rome"), ("LOC", "Rome")]),
]
CONTAINERS = pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.parquet", "a.arrow"])


@CONTAINERS
def test_every_container_gives_the_same_passages(name: str, tmp_path: Path) -> None:
    assert mentions(read(READER, write(tmp_path / name, ROWS))) == READ


@CONTAINERS
def test_tags_may_be_strings(name: str, tmp_path: Path) -> None:
    rows = [{**row, "ner": [NAMES[tag] for tag in row["ner"]]} for row in ROWS]
    assert mentions(read(TaggedTokens("words", "ner"), write(tmp_path / name, rows))) == READ


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_names_are_read_from_the_features_of_the_file(name: str, tmp_path: Path) -> None:
    features = Features(
        {"words": List(Value("string")), "ner": List(ClassLabel(names=NAMES)), "lang": Value("string")}
    )
    assert mentions(read(TaggedTokens("words", "ner"), write(tmp_path / name, ROWS, features))) == READ


def test_names_are_read_from_a_file_of_the_set(tmp_path: Path) -> None:
    ids = {name: len(NAMES) - 1 - number for number, name in enumerate(NAMES)}
    (tmp_path / "label.json").write_text(json.dumps(ids), encoding="utf-8")
    rows = [{**row, "ner": [ids[NAMES[tag]] for tag in row["ner"]]} for row in ROWS]
    reader = TaggedTokens("words", "ner", names_file="label.json")
    assert mentions(read(reader, write(tmp_path / "a.jsonl", rows))) == READ


def test_tags_without_a_scheme(tmp_path: Path) -> None:
    rows = [{"words": ["Ada", "King", "left", "Rome"], "ner": ["PER", "PER", "O", "LOC"]}]
    assert mentions(read(TaggedTokens("words", "ner"), write(tmp_path / "a.parquet", rows))) == READ[:1]


def test_several_files_follow_one_another_and_places_name_file_and_row(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.jsonl", ROWS[:2]), write(tmp_path / "2.parquet", ROWS[2:])
    passages = read(READER, one, two)
    assert mentions(passages) == READ
    assert passages[0].spans[0] == RawSpan("PER", 0, 8, f"{one}: record 1")
    assert [span.place for span in passages[2].spans] == [f"{two}: record 1"] * 2


@CONTAINERS
def test_rows_of_another_value_are_left_out_and_counted(name: str, tmp_path: Path) -> None:
    reader = TaggedTokens("words", "ner", names=NAMES, only={"lang": "en"})
    dropped = Counter[str]()
    assert mentions(read(reader, write(tmp_path / name, ROWS), dropped=dropped)) == [READ[0], READ[2]]
    assert dropped == {"rows whose lang is not en": 1}


def test_a_set_that_is_published_as_one_split_is_parted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"words": [f"w{number}", "x"], "ner": [1, 0]} for number in range(200)])
    reader = TaggedTokens("words", "ner", names=NAMES, unsplit=True)
    parts = {split: [one.text for one in read(reader, path, split=split)] for split in ("train", "test")}
    assert sorted(parts["train"] + parts["test"]) == sorted(f"w{number} x" for number in range(200))
    assert 5 < len(parts["test"]) < 40


def test_rows_without_text_are_left_out_and_document_marks_are_no_passages(tmp_path: Path) -> None:
    rows = [
        {"words": [], "ner": []},
        {"words": ["", " "], "ner": [0, 0]},
        {"words": ["-DOCSTART-"], "ner": [0]},
        {"words": ["", "Rome", ""], "ner": [0, 3, 0]},
    ]
    dropped = Counter[str]()
    assert mentions(read(READER, write(tmp_path / "a.jsonl", rows), dropped=dropped)) == [("Rome", [("LOC", "Rome")])]
    assert dropped == {"rows without text": 2}


def test_mentions_that_begin_or_end_with_a_blank_token_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        {"words": ["", "King", "Rome"], "ner": [1, 2, 3]},
        {"words": ["Ada", "\xa0", "Rome"], "ner": [1, 2, 3]},
        {"words": ["Ada", "", "King"], "ner": [1, 2, 2]},
    ]
    dropped = Counter[str]()
    assert mentions(read(READER, write(tmp_path / "a.jsonl", rows), dropped=dropped)) == [
        ("King Rome", [("LOC", "Rome")]),
        ("Ada \xa0 Rome", [("LOC", "Rome")]),
        ("Ada King", [("PER", "Ada King")]),
    ]
    assert dropped == {"mentions that begin or end with a blank token": 2}


def test_paragraphs_are_cut_into_sentences(tmp_path: Path) -> None:
    rows = [{"words": ["Ada", "King", "left.", "Rome", "stayed."], "ner": [1, 2, 0, 3, 0]}]
    path = write(tmp_path / "a.jsonl", rows)
    reader = TaggedTokens("words", "ner", names=NAMES, cut_sentences=True)
    assert mentions(read(reader, path)) == [
        ("Ada King left.", [("PER", "Ada King")]),
        ("Rome stayed.", [("LOC", "Rome")]),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"words": ["a", "b"], "ner": [0]}, "expected as many tags as tokens, found 1 tags and 2 tokens"),
        ({"words": "Ada", "ner": [0]}, "expected a list of tokens, each a string, found 'Ada'"),
        ({"words": ["Ada", None], "ner": [0, 0]}, r"expected a list of tokens, each a string, found \['Ada', None\]"),
        ({"words": ["Ada"], "ner": None}, "expected a list of tags, found None"),
        (
            {"words": ["Ada"], "ner": [4]},
            "expected a tag from 0 to 3, found 4; this is not the file .*report the tag as",
        ),
        ({"words": ["Ada"], "ner": [-1]}, "expected a tag from 0 to 3, found -1"),
        ({"words": ["Ada"], "ner": [None]}, "expected a tag from 0 to 3, found None"),
        ({"words": ["Ada"], "ner": [True]}, "expected a tag from 0 to 3, found True"),
        ({"words": ["Ada"]}, "expected the column 'ner', found words; this is not the file .*report the columns as"),
        ({"lang": "en"}, "expected the column 'words' and 'ner', found lang"),
    ],
)
def test_mistakes_name_file_and_row(row: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [ROWS[0], row])
    with pytest.raises(DataFormatError, match=rf"a\.jsonl: record 2: {message}"):
        read(READER, path)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.jsonl"])
def test_integers_without_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        DataFormatError,
        match="record 1: expected tags that are strings, .* found 1 without a name; .*report the tag as",
    ):
        read(TaggedTokens("words", "ner"), write(tmp_path / name, ROWS))


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_a_column_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=rf"{name}: expected the column 'tags', found words, ner, lang"):
        read(TaggedTokens("words", "tags", names=NAMES), write(tmp_path / name, ROWS))


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
@pytest.mark.parametrize("share", [0, 0.4, 0.9])
def test_a_file_that_is_cut_short(name: str, share: float, tmp_path: Path) -> None:
    path = write(tmp_path / name, ROWS * 500)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DataFormatError, match=rf"{name}: expected (a parquet file|an Arrow stream).* download"):
        read(READER, path)


def test_an_unknown_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with pytest.raises(DataFormatError, match=r"\.json, \.jsonl, \.parquet or \.arrow, found '\.csv'"):
        read(READER, tmp_path / "a.csv")


@pytest.mark.parametrize("content", ["[]", '{"O": 0, "B-PER": 2}', '{"O": 0, "B-PER": 0}', '{"O": null}', "{"])
def test_a_file_of_names_that_does_not_number_them(content: str, tmp_path: Path) -> None:
    (tmp_path / "label.json").write_text(content)
    path = write(tmp_path / "a.jsonl", ROWS)
    with pytest.raises(DataFormatError, match=r"label\.json: expected "):
        read(TaggedTokens("words", "ner", names_file="label.json"), path)


def test_a_file_of_names_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Expected the names of the tags at .*/label\.json"):
        read(TaggedTokens("words", "ner", names_file="label.json"), write(tmp_path / "a.jsonl", ROWS))


def test_a_large_parquet_file_is_read_in_batches(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", ROWS * 1000)
    assert len(read(READER, path)) == 3000


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
TAGGED = st.lists(st.tuples(WORDS, st.sampled_from([0, 1, 2, 3])), max_size=8)


@given(rows=st.lists(TAGGED, min_size=1, max_size=4))
def test_spans_are_the_tokens_that_were_tagged(
    rows: list[list[tuple[str, int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tagged = [[(word if word.strip() or not tag else "x", tag) for word, tag in row] for row in rows]
    path = tmp_path_factory.getbasetemp() / "a.jsonl"
    write(path, [{"words": [word for word, _ in row], "ner": [tag for _, tag in row]} for row in tagged])
    found = [one.text[span.start : span.end] for one in read(READER, path) for span in one.spans]
    wanted: list[str] = []
    for row in tagged:
        previous = 0
        for word, tag in row:
            if tag == 2 and previous in (1, 2):
                wanted[-1] += f" {word}"
            elif tag:
                wanted.append(word)
            previous = tag
    assert found == wanted
