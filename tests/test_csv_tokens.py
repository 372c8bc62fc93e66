"""A token a row: FiNER-ORD with numbered sentences and tags, E-NER with empty rows and document marks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.csv_tokens import CsvTokens
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

NUMBERED = CsvTokens("gold_token", "gold_label", ("doc", "sent"), tags=("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))
MARKED = CsvTokens("token", "tag", header=("token", "tag"))
HEADER = "gold_label,gold_token,doc,sent\n"


def read(folder: Path, content: str, reader: CsvTokens, split: str = "train") -> list[RawPassage]:
    path = folder / "a.csv"
    path.write_text(content, encoding="utf-8")
    return list(reader.read(SplitFiles(folder, split, [path]), Counter()))


def mentions(passage: RawPassage) -> list[tuple[str, str]]:
    return [(span.label, passage.text[span.start : span.end]) for span in passage.spans]


def test_sentences_end_where_their_numbers_change(tmp_path: Path) -> None:
    content = HEADER + '1,Ada,0,0\n2,None,0,0\n0,",",0,0\n0,"""",0,0\n3,Rome,0,1\n3,Oslo,1,1\n4,Sea,2,1\n'
    passages = read(tmp_path, content, NUMBERED)
    assert passages[0] == ('Ada None , "', [RawSpan("PER", 0, 8, f"{tmp_path}/a.csv:2")])
    assert [(passage.text, mentions(passage)) for passage in passages[1:]] == [
        ("Rome", [("LOC", "Rome")]),
        ("Oslo", [("LOC", "Oslo")]),
        ("Sea", [("LOC", "Sea")]),  # no entity goes on from one sentence to the next
    ]


@pytest.mark.parametrize(
    "content",
    [
        "-DOCSTART-,O\n\nAda,B-PERSON\nLee,I-PERSON\nleft,O\n\nRome,B-LOCATION\n",
        "Ada,B-PERSON\nLee,I-PERSON\nleft,O\n-DOCSTART-,O\nRome,B-LOCATION\n\n\n",
        "-DOCSTART-,O\n,\nAda,PERSON\nLee,PERSON\nleft,O\n,\n,\nRome,LOCATION",
        "-DOCSTART-,O\r\n\r\nAda,I-PERSON\r\nLee,I-PERSON\r\nleft,O\r\n\r\nRome,I-LOCATION\r\n",
    ],
    ids=["empty lines", "a document mark ends a sentence", "empty rows, no prefixes", "CRLF, IOB1"],
)
def test_sentences_end_at_empty_rows_and_document_marks(content: str, tmp_path: Path) -> None:
    assert [(passage.text, mentions(passage)) for passage in read(tmp_path, content, MARKED)] == [
        ("Ada Lee left", [("PERSON", "Ada Lee")]),
        ("Rome", [("LOCATION", "Rome")]),
    ]


def test_of_a_set_in_one_piece_a_tenth_is_test(tmp_path: Path) -> None:
    content = "\n".join(f"word{number},O\n" for number in range(200))
    reader = CsvTokens("token", "tag", header=("token", "tag"), unsplit=True)
    train, test = (read(tmp_path, content, reader, split) for split in ("train", "test"))
    assert 10 < len(test) < 30
    assert sorted(train + test) == sorted(read(tmp_path, content, MARKED))


@pytest.mark.parametrize(
    ("reader", "content", "message"),
    [
        (
            NUMBERED,
            HEADER + "0,a,0,0\n5,b,0,0\n",
            r"a\.csv:3: expected a token under 'gold_token' and a number below 5",
        ),
        (NUMBERED, HEADER + "-1,a,0,0\n", r"a\.csv:2: expected .* a number below 5"),
        (NUMBERED, HEADER + "O,a,0,0\n", r"a\.csv:2: expected .* a number below 5"),
        (NUMBERED, HEADER + "0,,0,0\n", r"a\.csv:2: expected a token"),
        (NUMBERED, HEADER + "0,a,0\n", r"a\.csv:2: expected 4 cells, found 3"),
        (NUMBERED, "label,token\n0,a\n", r"a\.csv:1: expected the columns gold_token, gold_label, doc, sent, found"),
        (NUMBERED, "", r"a\.csv:1: expected the columns"),
        (MARKED, "a,O\nb,\n", r"a\.csv:2: expected a token under 'token' and a tag under 'tag'"),
        (MARKED, "a,O\n\nb O\n", r"a\.csv:3: expected 2 cells, found 1: \['b O'\]"),
        (MARKED, 'a,O\n"b,O\n', r"a\.csv:2: .* unexpected end of data"),
    ],
)
def test_mistakes(reader: CsvTokens, content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(tmp_path, content, reader)
