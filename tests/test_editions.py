"""The published edition: its rules, and the authors' own evaluation files, which it must reproduce."""

from __future__ import annotations

import json
import os
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.editions import UpstreamRules, as_published
from uniner_hf.benchmark.passages import read_passages
from uniner_hf.benchmark.views import queries
from uniner_hf.schema import AnnotatedPassage, Entity

RAW = os.environ.get("UNINER_RAW")
PUBLISHED = Path(RAW or "").parent / "upstream_eval"

ROME, OSLO = Entity("city", "Rome", 4, 8), Entity("city", "Oslo", 13, 17)
PASSAGES = [AnnotatedPassage("0", "See Rome and Oslo", (ROME, OSLO)), AnnotatedPassage("1", "Oslo", ())]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (UpstreamRules(), [("0", [ROME, OSLO]), ("1", [])]),
        (UpstreamRules(lacks_last_passage=True), [("0", [ROME, OSLO])]),
        (UpstreamRules(lacks_final_entities=True), [("0", [ROME]), ("1", [])]),
        (UpstreamRules(True, True), [("0", [ROME])]),
    ],
)
def test_rules(rules: UpstreamRules, expected: list[Any]) -> None:
    assert [(one.id, list(one.entities)) for one in as_published(iter(PASSAGES), rules)] == expected


def test_nothing_is_left_of_nothing() -> None:
    assert list(as_published([], UpstreamRules(True, True))) == []


def test_types_are_spelled_as_published(tmp_path: Path) -> None:
    path = tmp_path / "mit_restaurant" / "test.txt"
    path.parent.mkdir()
    path.write_text("B-Restaurant_Name\tNoma\nO\topen\n\nO\tbye\n\nO\tend", encoding="utf-8")
    row = find_row("mit_restaurant")
    published = list(read_passages(row, "test", tmp_path, edition="upstream"))
    assert [(one.text, [entity.type for entity in one.entities]) for one in published] == [
        ("Noma open", ["Restaurant Name"]),
        ("bye", []),
    ]
    assert row.entity_types("test", "upstream")[-1] == "Restaurant Name"
    assert [len(list(read_passages(row, "test", tmp_path))), row.entity_types("test")[-1]] == [3, "restaurant name"]


def test_a_set_that_was_not_published_is_refused(raw: Path) -> None:
    with pytest.raises(
        ValueError, match="edition='original' for wnut17, found 'upstream': .*; ask for the original ed"
    ):
        list(read_passages(find_row("wnut17"), "train", raw, edition="upstream"))


@pytest.mark.slow
@pytest.mark.skipif(RAW is None, reason="UNINER_RAW names no folder of original files")
@pytest.mark.parametrize("domain", ["AI", "literature", "politics"])
def test_queries_are_those_of_the_published_file(domain: str) -> None:
    path = PUBLISHED / f"CrossNER_{domain}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    records = json.loads(path.read_text(encoding="utf-8"))
    published = [[turn["value"] for turn in record["conversations"]] for record in records]
    row = find_row(f"crossner_{domain.lower()}")
    types = row.entity_types("test", "upstream")
    ours = [
        [message["content"] for message in query["messages"][1:]]  # the published files leave the system message out
        for passage in read_passages(row, "test", Path(RAW or ""), edition="upstream")
        for query in queries(passage, types, ascii_only=True)
    ]
    assert passages_with_questions(ours) == passages_with_questions(published)


def passages_with_questions(turns: list[list[str]]) -> list[tuple[str, list[list[str]]]]:
    """Return the passages in order, each with its turns; the published order of the questions is a random one."""
    return [(passage, sorted(one[1:] for one in group)) for passage, group in groupby(turns, key=lambda one: one[0])]
