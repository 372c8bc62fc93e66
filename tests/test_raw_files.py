"""The full original files, where UNINER_RAW names the folder that holds them: sentences and entities as counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import benchmark_sets, find_row, training_sets
from uniner_hf.benchmark.passages import read_passages
from uniner_hf.schema import AnnotatedPassage

RAW = os.environ.get("UNINER_RAW")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(RAW is None, reason="UNINER_RAW names no folder of original files"),
]

# row -> split -> sentences and entities, those with labels that the catalogue drops included
COUNTS = {
    "anatem": {"train": (5861, 6946), "validation": (2118, 2139), "test": (3830, 4616)},
    "bc2gm": {"train": (12574, 15197), "validation": (2519, 3061), "test": (5038, 6325)},
    "bc5cdr": {"train": (4560, 9385), "validation": (4581, 9593), "test": (4797, 9809)},
    "bionlp13cg": {"train": (3033, 10826), "validation": (1003, 3616), "test": (1906, 6881)},
    "broad_tweet_corpus": {"train": (6338, 8779), "validation": (1001, 1730), "test": (2001, 4376)},
    "crossner_ai": {"train": (100, 532), "validation": (350, 1549), "test": (431, 1809)},
    "crossner_literature": {"train": (100, 541), "validation": (400, 2130), "test": (416, 2266)},
    "crossner_music": {"train": (100, 648), "validation": (380, 2679), "test": (465, 3336)},
    "crossner_politics": {"train": (200, 1304), "validation": (541, 3482), "test": (651, 4209)},
    "crossner_science": {"train": (200, 1075), "validation": (450, 2538), "test": (543, 3089)},
    "fewnerd_inter": {"validation": (18817, 34830), "test": (14007, 28342)},
    "harveyner": {"train": (3967, 1581), "validation": (1301, 523), "test": (1303, 500)},
    "linnaeus": {"train": (11935, 2119), "validation": (4078, 711), "test": (7142, 1433)},
    "litbank": {"train": (8562, 13912)},
    "mit_movie": {"train": (9775, 21295), "test": (2443, 5339)},
    "mit_restaurant": {"train": (7660, 15363), "test": (1521, 3151)},
    "ncbi": {"train": (5424, 5134), "validation": (923, 787), "test": (940, 960)},
    "scierc_sentences": {"train": (1861, 5572), "validation": (275, 808), "test": (551, 1683)},
    "scirex": {"train": (5862, 6682)},  # of the first 20 of 306 documents, in the order of their names
    "sec_filings": {"train": (1164, 1168), "test": (303, 318)},
    "stackoverflow_ner": {"train": (14545, None), "validation": (4607, None), "test": (4940, None)},
    "uner_en_ewt": {"validation": (2001, 966), "test": (2077, 1088)},
    "wikiann": {"train": (20000, 27931), "validation": (10000, 14146), "test": (10000, 13958)},
    "wikigold": {"train": (1696, 3558)},
    "wikineural": {"validation": (11590, 19621), "test": (11597, 19675)},
    "wnut17": {"train": (3394, 1975), "validation": (1009, 836), "test": (1287, 1079)},
}
CASES = [(row, split) for row, splits in COUNTS.items() for split in splits]


@pytest.mark.parametrize(("name", "split"), CASES, ids=lambda value: value)
def test_every_sentence_and_entity_that_was_counted_is_read_or_counted_as_dropped(name: str, split: str) -> None:
    dropped = Counter[str]()
    passages = entities = 0
    for passage in full_file(name, split, dropped):
        passages, entities = passages + 1, entities + len(passage.entities)
        assert all(passage.text[one.start : one.end] == one.text != "" for one in passage.entities)
    expected_passages, expected_entities = COUNTS[name][split]
    assert passages + dropped.pop("sentences that are not text", 0) == expected_passages
    assert expected_entities in (None, entities + dropped.total())


@pytest.mark.parametrize(("split", "passages"), [("train", 9263), ("validation", 2936), ("test", 3108)])
def test_stackoverflow_keeps_the_sentences_that_its_authors_keep(split: str, passages: int) -> None:
    assert sum(1 for _ in full_file("stackoverflow_ner", split, Counter())) == passages


def full_file(name: str, split: str, dropped: Counter[str]) -> Iterator[AnnotatedPassage]:
    row, folder = find_row(name), Path(RAW or "")
    if not any(folder.glob(row.files[split])):
        pytest.skip(f"{row.files[split]} is not in {folder}")
    return read_passages(row, split, folder, dropped)


def test_every_row_of_the_catalogue_was_counted() -> None:
    assert COUNTS.keys() == {row.name for data_set in (*benchmark_sets(), *training_sets()) for row in data_set.rows}
