"""JSON objects with character spans, made up in the layout of FindVehicle."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.character_spans import CharacterSpans, checked_span
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

READER = CharacterSpans("data", "ner_label")
TEXT = "A silver Example X1 is left of me."
RECORD = {
    "id": 0,
    "data": TEXT,
    "ner_label": [
        ["vehicle_color", 2, 8, "silver", 1, 2, ["silver"]],
        ["vehicle_type-suv", 9, 19, "Example X1", 2, 4, ["Example", "X1"]],
        ["vehicle_model", 17, 19, "X1", 3, 4, ["X1"]],
    ],
    "re_label": [],
}


def read(folder: Path, *records: Any) -> list[RawPassage]:
    path = folder / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return list(READER.read(SplitFiles(folder, "test", [path]), Counter()))


def test_overlapping_entities_in_the_order_of_the_file(tmp_path: Path) -> None:
    place = f"{tmp_path}/a.jsonl: record 1"
    assert read(tmp_path, RECORD, {**RECORD, "ner_label": []}) == [
        (
            TEXT,
            [
                RawSpan("vehicle_color", 2, 8, place),
                RawSpan("vehicle_type-suv", 9, 19, place),
                RawSpan("vehicle_model", 17, 19, place),
            ],
        ),
        (TEXT, []),
    ]


@pytest.mark.parametrize(
    ("entity", "message"),
    [
        (
            ["color", 2, 8, "Silver"],
            "record 2: expected 'Silver' at characters 2 to 8, found 'silver'; restore the entity from the original",
        ),
        (["color", 2, 7, "silver"], "at characters 2 to 7, found 'silve'"),
        (["color", 0, 99, TEXT], "at characters 0 to 99, found ''"),
        (["color", -3, -1, "me"], "expected 'me' at characters -3 to -1, found ''"),
        (["color", 3, 3, ""], "expected '' at characters 3 to 3, found ''"),
        (
            ["color", "2", 8, "silver"],
            r"expected a label, two offsets and a text, found \['color', '2', 8, 'silver'\]; restore them from",
        ),
        ([None, 2, 8, "silver"], "expected a label, two offsets and a text"),
        (
            ["color", 2, 8],
            r"expected \[label, start, end, text, ...\], found \['color', 2, 8\]; restore the entity from",
        ),
        ({"label": "color"}, "expected .* found {'label': 'color'}"),
    ],
)
def test_mistakes_of_entities(tmp_path: Path, entity: Any, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.jsonl: {'' if message.startswith('record') else '.*'}{message}"):
        read(tmp_path, RECORD, {**RECORD, "ner_label": [entity]})


@pytest.mark.parametrize("change", [{"data": None}, {"ner_label": {}}])
def test_mistakes_of_records(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(DataFormatError, match="record 1: expected a text under 'data' and a list under 'ner_label'"):
        read(tmp_path, {**RECORD, **change})


@given(st.text("aé🇫 ", min_size=1), st.integers(-3, 12), st.integers(-3, 12), st.text("aé🇫 ", max_size=3))
def test_a_span_is_returned_only_if_it_gives_its_text(text: str, start: int, end: int, repeated: str) -> None:
    right = 0 <= start < end <= len(text) and text[start:end] == repeated
    try:
        assert checked_span(text, "x", start, end, repeated, "a:1") == ("x", start, end, "a:1")
        assert right
    except DataFormatError:
        assert not right
