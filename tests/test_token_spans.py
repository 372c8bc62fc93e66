"""Documents with token spans: what is read, what is dropped, what is refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.token_spans import TokenSpans

READER = TokenSpans("words", "sentences", "ner")
DOCUMENT: dict[str, Any] = {
    "words": ["BERT", "won", ".", "We", "use", "it"],
    "sentences": [[0, 3], [3, 6]],
    "ner": [[0, 1, "Method"], [0, 2, "Task"], [5, 6, "Method"], [2, 4, "Task"]],
}


def read(folder: Path, *documents: Any) -> tuple[list[RawPassage], Counter[str]]:
    path, dropped = folder / "a.json", Counter[str]()
    path.write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    return list(READER.read(SplitFiles(folder, "train", [path]), dropped)), dropped


def test_sentences_with_their_entities_nested_ones_included(tmp_path: Path) -> None:
    sentences, dropped = read(tmp_path, DOCUMENT, {**DOCUMENT, "ner": []})
    place = f"{tmp_path}/a.json: record 1"
    assert sentences == [
        ("BERT won .", [RawSpan("Method", 0, 4, place), RawSpan("Task", 0, 8, place)]),
        ("We use it", [RawSpan("Method", 7, 9, place)]),
        ("BERT won .", []),
        ("We use it", []),
    ]
    assert dropped["mentions that cross the end of a sentence"] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sentences": [[0, 9]]}, r"record 2: expected a span within the 6 tokens of the document, found \[0, 9\]"),
        ({"sentences": [[4, 3]]}, r"record 2: .* found \[4, 3\]"),
        ({"ner": [[5, 7, "Task"]]}, r"record 2: .* found \[5, 7\]"),
        ({"ner": [[5, 5, "Task"]]}, r"record 2: .* found \[5, 5\]"),
        ({"ner": None}, "record 2: expected a list under 'ner', found NoneType"),
        ({"words": "BERT"}, "record 2: expected a list under 'words', found str"),
        ({"ner": [[5, 6]]}, r"record 2: expected first token, token after the last and label, found \[5, 6\]"),
    ],
)
def test_mistakes(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.json: {message}"):
        read(tmp_path, DOCUMENT, {**DOCUMENT, **change})


def test_a_missing_key(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match="record 1: expected the key 'ner', found words, sentences"):
        read(tmp_path, {key: value for key, value in DOCUMENT.items() if key != "ner"})
