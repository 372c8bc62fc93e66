"""Counts of an annotated set, and the three bands of its types: by hand, of the paper, of a part of Pile-NER."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from uniner_hf.benchmark.readers.columns import ColumnFormat
from uniner_hf.benchmark.readers.raw_passages import SplitFiles
from uniner_hf.distillation.statistics import Statistics, set_statistics, statistics_table, type_bands


def passage(text: str, *types: str) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": kind, "text": "x"} for kind in types]}


def test_counts_by_hand() -> None:
    rows = [passage("one two  three", "b", "a", "b"), passage("four"), passage("five\nsix", "c", "b")]
    counted = set_statistics(row for row in rows)
    assert (counted.passages, counted.passages_without_entities, counted.words) == (3, 1, 6)
    assert (counted.entities, counted.types) == (5, 3)
    assert list(counted.frequencies.items()) == [("b", 3), ("a", 1), ("c", 1)], "ties by name"
    assert [(band.types, band.mentions, band.share) for band in counted.bands] == [(0, 0, 0), (0, 0, 0), (3, 5, 1)]


@pytest.mark.parametrize("rows, number", [([], 0), ([passage("one"), passage("two")], 2)])
def test_a_set_without_entities_is_refused(rows: list[dict[str, Any]], number: int) -> None:
    with pytest.raises(ValueError, match=f"Expected an annotated entity in the {number} passages, found none"):
        set_statistics(rows)


@pytest.mark.parametrize(
    "types, bands",
    [
        (9, [0, 0, 9]),
        (10, [0, 1, 9]),
        (99, [0, 9, 90]),
        (100, [1, 9, 90]),
        (368, [3, 33, 332]),
        (13_020, [130, 1_172, 11_718]),
    ],
)
def test_bands_of_so_many_types(types: int, bands: list[int]) -> None:
    assert [band.types for band in type_bands({str(rank): 1 for rank in range(types)})] == bands


def spread(total: int, names: range) -> dict[str, int]:
    """Return `total` mentions spread over types as evenly as they go, the larger ones first."""
    each, more = divmod(total, len(names))
    return {f"type {name}": each + (place < more) for place, name in enumerate(names)}


def test_the_table_of_the_paper() -> None:
    """240,725 entities of 13,020 types in 45,889 passages: 74 %, 19 % and 7 % (section 3)."""
    head, middle = round(0.74 * 240_725), round(0.19 * 240_725)
    ranked = {
        **spread(head, range(130)),
        **spread(middle, range(130, 1_302)),
        **spread(240_725 - head - middle, range(1_302, 13_020)),
    }
    assert list(ranked.values()) == sorted(ranked.values(), reverse=True)
    table = statistics_table(Statistics(45_889, 0, 1, 240_725, 13_020, type_bands(ranked), ranked)).splitlines()
    assert table[0] == "passages: 45,889 (0 without entities); words: 1; entities: 240,725; types: 13,020"
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[4:]]
    assert [row[:2] + row[3:4] for row in cells] == [
        ["top 1 %", "130", "74.0 %"],
        ["1 to 10 %", "1,172", "19.0 %"],
        ["the rest", "11,718", "7.0 %"],
    ]
    assert cells[1][4].startswith("type 130, type 131, ") and cells[1][4].endswith(", type 139")


def test_a_name_cannot_break_the_table() -> None:
    table = statistics_table(set_statistics([passage("text", "a|b\nc")]))
    assert table.splitlines()[-1] == r"| the rest | 1 | 1 | 100.0 % | a\|b c |"


def pile_sample() -> Path:
    folder = os.environ.get("UNINER_RAW")
    path = Path(folder or "") / "pile_ner_sample" / "391xALL_BIO_dev.txt"
    if not folder or not path.is_file():
        pytest.skip("UNINER_RAW has no pile_ner_sample")
    return path


def sample_passages() -> Iterator[dict[str, Any]]:
    path = pile_sample()
    for raw in ColumnFormat("\t", 0, [1]).read(SplitFiles(path.parents[1], "train", [path]), Counter()):
        yield {"text": raw.text, "entities": [{"type": span.label} for span in raw.spans]}


def test_a_part_of_pile_ner() -> None:
    """Its published counts, and those of its lines read here without the package.

    30,822 is the number of B- tags; 156 more entities begin with an I- tag behind a tag of another type, and the
    reader counts them as conlleval does.
    """
    lines = pile_sample().read_text(encoding="utf-8").split("\n")
    tags = [line.partition("\t")[2] for line in lines]  # "" between passages
    begun = Counter(tag[2:] for tag in tags if tag.startswith("B-"))
    pairs = zip(["", *tags], tags, strict=False)
    cut = Counter(tag[2:] for before, tag in pairs if tag.startswith("I-") and before[2:] != tag[2:])
    assert (begun.total(), len(begun), cut.total()) == (30_822, 368, 156)
    assert [begun[name] for name in ("person", "organization", "location", "concept")] == [3_631, 3_086, 2_874, 2_708]

    counted = set_statistics(sample_passages())
    assert (counted.passages, counted.words, counted.types) == (2_217, 461_127, 368)
    assert counted.words == sum(map(bool, tags))
    assert counted.frequencies == begun + cut
    most = sorted((begun + cut).values(), reverse=True)
    assert [(band.types, band.mentions) for band in counted.bands] == [
        (3, sum(most[:3])),
        (33, sum(most[3:36])),
        (332, sum(most[36:])),
    ]
    assert sum(band.share for band in counted.bands) == pytest.approx(1)
    assert counted.bands[0].examples == ["person", "organization", "location"]
