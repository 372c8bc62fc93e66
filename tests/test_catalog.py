"""The catalogue is whole and says nothing twice."""

from __future__ import annotations

import re

import pytest

from uniner_hf.benchmark.catalog import (
    BenchmarkRow,
    BenchmarkSet,
    _set,
    benchmark_sets,
    find_row,
    find_set,
    training_sets,
)

SETS = (*benchmark_sets(), *training_sets())
ROWS = [row for data_set in SETS for row in data_set.rows]
DOMAINS = {
    "general", "biomedical", "clinical", "STEM", "programming", "social media", "law", "finance", "transportation"
}  # fmt: skip


def test_training_sets_are_not_counted_as_benchmark() -> None:
    assert not {data_set.name for data_set in benchmark_sets()} & {data_set.name for data_set in training_sets()}
    assert all(data_set.training_only for data_set in training_sets())
    assert {"wnut17", "litbank", "wikigold", "fewnerd_inter"} <= {data_set.name for data_set in training_sets()}


def test_crossner_counts_as_one_set_with_five_rows() -> None:
    (crossner,) = [data_set for data_set in benchmark_sets() if data_set.name == "crossner"]
    assert [row.name.removeprefix("crossner_") for row in crossner.rows] == [
        "ai", "literature", "music", "politics", "science"
    ]  # fmt: skip


def test_names_are_unique() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    assert len({data_set.name for data_set in SETS}) == len(SETS)


@pytest.mark.parametrize("data_set", SETS, ids=lambda data_set: data_set.name)
def test_every_set_says_what_may_be_done_with_it(data_set: BenchmarkSet) -> None:
    assert data_set.licence and data_set.title and data_set.access
    assert data_set.homepage.startswith("https://")
    assert not data_set.hub or data_set.hub.count("/") == 1
    assert data_set.training_only or data_set.domain in DOMAINS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_has_types_for_the_splits_that_it_has(row: BenchmarkRow) -> None:
    assert row.files.keys() == row.labels.keys() <= {"train", "validation", "test"}
    for split, labels in row.labels.items():
        assert labels and not row.dropped & labels.keys()
        assert all(entity_type == entity_type.strip() and "_" not in entity_type for entity_type in labels.values())
        assert row.entity_types(split) == list(dict.fromkeys(labels.values()))


BENCHMARK_ROWS = [row for data_set in benchmark_sets() for row in data_set.rows]


@pytest.mark.parametrize("row", BENCHMARK_ROWS, ids=lambda row: row.name)
def test_types_are_as_many_as_in_table_6_or_the_difference_is_explained(row: BenchmarkRow) -> None:
    assert row.table6_types
    assert len(row.entity_types("test")) == row.table6_types or re.search(r"\btypes\b", row.differences)


def test_labels_that_mean_the_same_are_one_type() -> None:
    types = find_row("stackoverflow_ner").entity_types("test")
    assert types.count("function") == 1 and "library function" not in types


def test_types_of_crossner_and_mit_are_the_words_of_the_published_evaluation() -> None:
    assert find_row("crossner_ai").labels["test"]["programlang"] == "program language"
    assert find_row("crossner_literature").labels["test"]["literarygenre"] == "literary genre"
    assert find_row("mit_movie").labels["test"]["RATINGS_AVERAGE"] == "ratings average"


def test_each_file_of_fewnerd_asks_for_its_own_types_only() -> None:
    row = find_row("fewnerd_inter")
    validation, test = (set(row.entity_types(split)) for split in ("validation", "test"))
    assert (len(validation), len(test), validation & test) == (13, 17, set())


def test_a_row_knows_its_set() -> None:
    assert find_set("crossner_ai").licence == "MIT"


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    for find in (find_row, find_set):
        with pytest.raises(ValueError, match="found 'crossner'; did you mean 'crossner_ai'. .*ace04.* wnut17"):
            find("crossner")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"licnece": "MIT"},
            r"the set x of the catalogue to have the keys name, .*unknown keys \['licnece'\] and not \[\]",
        ),
        ({"title": None}, r"unknown keys \[\] and not \['title'\]"),
        ({"access": "free"}, "access of public, ldc, dua .*; found 'free' and 'general'"),
        ({"reader": {"xml": {}}}, "Expected a reader, one of ace, .*; found 'xml'"),
        ({"row": [{"name": "r", "files": {}, "label": {}}]}, r"the row r of the catalogue .*unknown keys \['label'\]"),
    ],
)
def test_mistakes_in_an_entry(change: dict[str, object], message: str) -> None:
    entry = {
        "name": "x",
        "title": "X",
        "description": "Texts.",
        "citation": "Author. Title. 2020.",
        "domain": "general",
        "licence": "MIT",
        "access": "public",
        "homepage": "",
        "hub": "",
    }
    row = {"name": "r", "files": {}, "labels": {}}
    entry |= {"reader": {"pubtator": {}}, "row": [row], **change}
    with pytest.raises(ValueError, match=message):
        _set({key: value for key, value in entry.items() if value is not None})
