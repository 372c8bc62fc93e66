"""From original files to annotated passages."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from uniner_hf.benchmark.catalog import benchmark_sets, find_row, training_sets
from uniner_hf.benchmark.passages import read_passages
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.schema import AnnotatedPassage, Entity

# row and split -> the passages of the excerpts: text, then [type, mention] in text order
EXCERPTS: dict[str, list[Any]] = json.loads(
    (Path(__file__).parent / "data" / "expected_passages.json").read_text(encoding="utf-8")
)


def passages(row: str, split: str, folder: Path) -> list[AnnotatedPassage]:
    return list(read_passages(find_row(row), split, folder))


@pytest.mark.parametrize("name", EXCERPTS)
def test_every_format_is_read(name: str, raw: Path) -> None:
    found = [
        [passage.text, [[entity.type, entity.text] for entity in passage.entities]]
        for passage in passages(*name.split("/"), raw)
    ]
    assert found == EXCERPTS[name]


def excerpts(raw: Path) -> list[tuple[str, str]]:
    rows = [row for data_set in (*benchmark_sets(), *training_sets()) for row in data_set.rows]
    return [(row.name, split) for row in rows for split, files in row.files.items() if any(raw.glob(files))]


def test_every_excerpt_is_expected_above(raw: Path) -> None:
    assert {f"{row}/{split}" for row, split in excerpts(raw)} == set(EXCERPTS)


def test_offsets_are_those_of_the_text(raw: Path) -> None:
    for row, split in excerpts(raw):
        for number, passage in enumerate(passages(row, split, raw)):
            assert passage.id == f"{row}/{split}/{number}"
            assert list(passage.entities) == sorted(passage.entities, key=lambda one: (one.start, one.end, one.type))
            for entity in passage.entities:
                assert passage.text[entity.start : entity.end] == entity.text != ""


def write(folder: Path, path: str, content: str) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return folder


def test_offsets_count_code_points(tmp_path: Path) -> None:
    folder = write(
        tmp_path, "wnut17/emerging.test.annotated", "🇫🇷\tO\nZoë\tB-person\ne\u0301a\tI-person\n한국\tB-location\n"
    )
    (passage,) = passages("wnut17", "test", folder)
    assert passage.entities == (
        Entity("person", "Zoë e\u0301a", 3, 10),
        Entity("location", "한국", 11, 13),
    )


def test_an_empty_token_leaves_no_trace_in_the_text(tmp_path: Path) -> None:
    folder = write(tmp_path, "wnut17/emerging.test.annotated", "\tO\nwith\tO\n\tO\nAda\tB-person\n\tO\n")
    (passage,) = passages("wnut17", "test", folder)
    assert (passage.text, passage.entities) == ("with Ada", (Entity("person", "Ada", 5, 8),))


def test_a_mention_that_two_layers_hold_comes_once(tmp_path: Path) -> None:
    folder = write(tmp_path, "litbank/entities/tsv/a_brat.tsv", "Lord\tB-PER\tB-PER\tB-FAC\tO\t\n")
    (passage,) = passages("litbank", "train", folder)
    assert passage.entities == (Entity("facility", "Lord", 0, 4), Entity("person", "Lord", 0, 4))


def test_a_split_of_many_files_is_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b_brat", "a_brat", "c_brat"):
        write(tmp_path, f"litbank/entities/tsv/{name}.tsv", f"{name}\tO\tO\tO\tO\t\n")
    found = [(passage.id, passage.text) for passage in passages("litbank", "train", tmp_path)]
    assert found == [("litbank/train/0", "a_brat"), ("litbank/train/1", "b_brat"), ("litbank/train/2", "c_brat")]


def test_what_the_catalogue_leaves_out_is_counted(raw: Path) -> None:
    dropped: Counter[str] = Counter()
    for row, split in (("crossner_ai", "test"), ("wikineural", "validation"), ("stackoverflow_ner", "validation")):
        list(read_passages(find_row(row), split, raw, dropped))
    assert dropped == {"mentions labelled misc": 2, "mentions labelled MISC": 2, "sentences that are not text": 3}


def test_an_unknown_label_is_an_error_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path, "crossner/ai/test.txt", "Ada\tB-person\n\nthe\tO\nEiffel\tB-tower\n")
    with pytest.raises(
        DataFormatError,
        match=r"crossner/ai/test\.txt:4: expected a tag with one of the labels algorithm, .*'tower'; this is not the "
        "file that the catalogue describes, so fetch the original again, or report the label as an issue if the",
    ):
        passages("crossner_ai", "test", folder)


def test_a_type_of_the_other_file_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path, "fewnerd/inter/dev.txt", "Ada\tperson-athlete\n")
    with pytest.raises(DataFormatError, match="dev.txt:1: .*found the label 'person-athlete'"):
        passages("fewnerd_inter", "validation", folder)


def test_an_unknown_split_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a split of mit_movie, one of train, test, found 'validation'; ask for one"):
        passages("mit_movie", "validation", tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match="Expected the test file of crossner_ai at .*/crossner/ai/test.txt, found n"
    ):
        passages("crossner_ai", "test", tmp_path)
