"""brat's format: which lines count, which documents belong to a split, what is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.brat import Brat
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

READER = Brat("sentences")
LISTED = Brat("sentences", split_list="splits.json", split_keys={"train": "train", "validation": "devel"})


def read(
    folder: Path, documents: dict[str, tuple[str, str]], reader: Brat = READER, split: str = "train"
) -> tuple[list[RawPassage], Counter[str]]:
    for name, (text, lines) in documents.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        (folder / f"{name}.ann").write_text(lines, encoding="utf-8", newline="")
    dropped = Counter[str]()
    return list(reader.read(SplitFiles(folder, split, sorted(folder.glob("*.*"))), dropped)), dropped


def test_entities_are_read_and_other_annotations_are_passed_over(tmp_path: Path) -> None:
    annotations = (
        "T1\tApp_Usage 3 6\tFoo\nR1\tVersion_of Arg1:T2 Arg2:T1\t\nT2\tVersion 14 16\tv2\nE1\tAct:T1 \n\n"
        "A1\tNegated T1\nM1\tNegated T1\nN1\tReference T1 X:1\tfoo\n#1\tAnnotatorNotes T1\tsure\n*\tEquiv T1 T2\n"
    )
    passages, dropped = read(tmp_path, {"a": ("é Foo ran. It v2\n", annotations.replace(" 3 6", " 2 5"))})
    assert passages == [
        ("é Foo ran.", [RawSpan("App_Usage", 2, 5, f"{tmp_path}/a.ann:1")]),
        ("It v2", [RawSpan("Version", 3, 5, f"{tmp_path}/a.ann:3")]),
    ]
    assert not dropped


def test_offsets_count_carriage_returns(tmp_path: Path) -> None:
    passages, _ = read(tmp_path, {"a": ("One.\r\nFoo ran.\r\n", "T1\tX 6 9\tFoo\r\n")})
    assert passages == [("One.", []), ("Foo ran.", [RawSpan("X", 0, 3, f"{tmp_path}/a.ann:1")])]


def test_a_document_without_entities_stays(tmp_path: Path) -> None:
    assert read(tmp_path, {"a": ("Nothing here.\n", "")})[0] == [("Nothing here.", [])]


def test_pieces(tmp_path: Path) -> None:
    document = {"a": ("bring it into focus", "T1\tAction 0 5;9 19\tbring into focus\n")}
    place = f"{tmp_path}/a.ann:1"
    assert read(tmp_path, document)[0] == [("bring it into focus", [RawSpan("Action", 0, 19, place)])]
    passages, dropped = read(tmp_path, document, Brat("lines", discontinuous="drop"))
    assert passages == [("bring it into focus", [])]
    assert dropped == {"mentions in several pieces": 1}


def test_a_list_chooses_the_documents(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text('{"train": ["b"], "devel": ["a"]}', encoding="utf-8")
    documents = {"a": ("Is a.", ""), "b": ("Is b.", "")}
    assert read(tmp_path, documents, LISTED) == ([("Is b.", [])], {})
    assert read(tmp_path, documents, LISTED, "validation") == ([("Is a.", [])], {})


def test_a_document_that_the_list_names_in_vain_is_refused(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text('{"train": ["b", "c"], "devel": ["a"]}', encoding="utf-8")
    documents = {"a": ("Is a.", ""), "b": ("Is b.", "")}
    with pytest.raises(
        DataFormatError, match=r"splits\.json:1: expected files .*, found none for 'c'; fetch the orig"
    ):
        read(tmp_path, documents, LISTED)
    assert read(tmp_path, documents, LISTED, "validation") == ([("Is a.", [])], {})


def test_a_listed_document_without_its_annotations_is_refused(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text('{"train": ["a"]}', encoding="utf-8")
    (tmp_path / "a.txt").write_text("Is a.", encoding="utf-8")
    with pytest.raises(DataFormatError, match=r"a\.txt: expected a\.ann among the files of its split, found none"):
        read(tmp_path, {}, LISTED)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1\tX 0 3\tFoo", "expected the text 'Foo' at its offsets, found 'é F'"),
        ("T1\tX 8 99\tran", "expected a span within the 10 characters"),
        ("T1\tX 2 5", "expected 'T<number>', 'LABEL START END' and the text"),
        ("T1 X 2 5 Foo", "expected 'T<number>'"),
        ("T1\tX 2-5\tFoo", "expected 'T<number>'"),
        ("Q1\tX 2 5\tFoo", "expected 'T<number>'"),
    ],
)
def test_mistakes(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.ann:2: {message}"):
        read(tmp_path, {"a": ("é Foo ran.", f"R1\tx Arg1:T1 Arg2:T1\n{line}\n")})
