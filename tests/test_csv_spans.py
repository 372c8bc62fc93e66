"""A text a row with entities as JSON, made up in the layout of TASTEset."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from uniner_hf.benchmark.readers.csv_spans import CsvSpans
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

READER = CsvSpans("ingredients", "ingredients_entities")
HEADER = ("ingredients", "ingredients_entities")


def entity(label: str, start: int, text: str) -> dict[str, Any]:
    return {"start": start, "end": start + len(text), "type": label, "entity": text}


def write(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def read(path: Path) -> list[RawPassage]:
    """Return the passages of both splits."""
    return [
        passage for split in ("train", "test") for passage in READER.read(SplitFiles(path, split, [path]), Counter())
    ]


def test_lines_of_a_recipe_with_their_entities(tmp_path: Path) -> None:
    text = '½ cup milk\n1 steak (1/2" thick)\n'
    entities = [entity("UNIT", 2, "cup"), entity("FOOD", 13, "steak"), entity("PHYSICAL_QUALITY", 20, "1/2' thick")]
    path = write(tmp_path, HEADER, ("salt\n", "[]"), (text, json.dumps(entities)))
    place = f"{path}:4"
    assert sorted(read(path), key=len) == sorted(
        [
            RawPassage("salt", []),
            RawPassage(
                text.rstrip(),
                [
                    RawSpan("UNIT", 2, 5, place),
                    RawSpan("FOOD", 13, 18, place),
                    RawSpan("PHYSICAL_QUALITY", 20, 30, place),
                ],
            ),
        ],
        key=len,
    )


def test_a_tenth_is_test_and_none_is_in_both(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, *((f"{number} eggs\n", "[]") for number in range(200)))
    train, test = (
        [passage.text for passage in READER.read(SplitFiles(tmp_path, split, [path]), Counter())]
        for split in ("train", "test")
    )
    assert 10 < len(test) < 30
    assert sorted(train + test) == sorted(f"{number} eggs" for number in range(200))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("2 eggs", json.dumps([entity("FOOD", 2, "egg!")])), r"a\.csv:2: expected 'egg!' at characters 2 to 6"),
        (("2 eggs\n", json.dumps([entity("FOOD", 2, "eggs\n")])), r"a\.csv:2: expected 'eggs\\n' at .* found ''"),
        (("2 eggs", '[{"start": 2}]'), r"a\.csv:2: expected an entity with type, start, end, entity, found"),
        (("2 eggs", "[2]"), r"a\.csv:2: expected an entity with .* found 2"),
        (("2 eggs", json.dumps([{**entity("FOOD", 2, "eggs"), "entity": None}])), "expected a label, two offsets"),
        (("2 eggs", "[{'start': 2}]"), r"a\.csv:2: expected entities as JSON, found that Expecting property name"),
        (("2 eggs", "{}"), r"a\.csv:2: expected a list of entities, found '{}'"),
        (("2 eggs",), r"a\.csv:2: expected 2 cells, found 1"),
    ],
)
def test_mistakes(row: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(write(tmp_path, HEADER, row))


def test_a_header_without_the_columns(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=r"a\.csv:1: expected the columns ingredients, ingredients_entities"):
        read(write(tmp_path, ("text", "entities"), ("2 eggs", "[]")))
