"""Documents with token spans: what is read, what is dropped, what is refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, Reader, SplitFiles
from uniner_hf.benchmark.readers.token_spans import SentenceLists, SentenceRecords, TokenSpans

READER = TokenSpans("words", "sentences", "ner")
LISTS = SentenceLists("sentences", "ner")
RECORDS = SentenceRecords("tokens", "entity_mentions", "entity_type")
DOCUMENT: dict[str, Any] = {
    "words": ["BERT", "won", ".", "We", "use", "it"],
    "sentences": [[0, 3], [3, 6]],
    "ner": [[0, 1, "Method"], [0, 2, "Task"], [5, 6, "Method"], [2, 4, "Task"]],
}
# a document of SciERC: indices in the document, the last token included
LISTED: dict[str, Any] = {
    "doc_key": "A",
    "sentences": [["BERT", "won", "."], ["We", "use", "the", "BERT", "model"]],
    "ner": [[[0, 0, "Method"]], [[6, 7, "Method"], [6, 6, "Task"]]],
}
# a sentence of GENIA: indices in the sentence, the token after the last
RECORD: dict[str, Any] = {
    "tokens": ["IL-2", "gene", "."],
    "entity_mentions": [
        {"start": 0, "end": 2, "entity_type": "DNA", "text": "IL-2 gene"},
        {"start": 0, "end": 1, "entity_type": "protein", "text": "IL-2"},
    ],
}


def read(folder: Path, *documents: Any, reader: Reader = READER) -> tuple[list[RawPassage], Counter[str]]:
    path, dropped = folder / "a.json", Counter[str]()
    path.write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    return list(reader.read(SplitFiles(folder, "train", [path]), dropped)), dropped


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
        ({"ner": [[5, 6, 1]]}, r"record 2: expected first token, token after the last and label, found \[5, 6, 1\]"),
        ({"ner": [["5", 6, "Task"]]}, r"record 2: expected two indices of tokens, found \['5', 6\]"),
        ({"sentences": [[0]]}, r"record 2: expected two indices of tokens, found \[0\]"),
        (
            {"sentences": [[3, 6], [0, 3]]},
            r"record 2: expected sentences in text order, found \[0, 3\] after one .* 6",
        ),
        (
            {"sentences": [[0, 4], [3, 6]]},
            r"record 2: expected sentences in text order, found \[3, 6\] after one .* 4",
        ),
    ],
)
def test_mistakes(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.json: {message}"):
        read(tmp_path, DOCUMENT, {**DOCUMENT, **change})


def test_a_missing_key(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match="record 1: expected the key 'ner', found words, sentences"):
        read(tmp_path, {key: value for key, value in DOCUMENT.items() if key != "ner"})


def test_sentences_need_not_cover_the_document(tmp_path: Path) -> None:
    sentences, dropped = read(tmp_path, {**DOCUMENT, "sentences": [[4, 6]], "ner": [[0, 1, "Task"], [5, 6, "Task"]]})
    assert sentences == [("use it", [RawSpan("Task", 4, 6, f"{tmp_path}/a.json: record 1")])]
    assert dropped == {"mentions that cross the end of a sentence": 1}


def test_documents_as_lists_of_sentences(tmp_path: Path) -> None:
    (document, _), dropped = read(tmp_path, LISTED, LISTED, reader=LISTS)
    place = f"{tmp_path}/a.json: record 1"
    assert document == (
        "BERT won . We use the BERT model",
        [RawSpan("Method", 0, 4, place), RawSpan("Method", 22, 32, place), RawSpan("Task", 22, 26, place)],
    )
    assert not dropped


@pytest.mark.parametrize(
    ("ner", "message"),
    [
        ([[[0, 3, "Task"]], []], r"expected a span within the 3 tokens of the document, found \[0, 3\]"),
        ([[], [[2, 4, "Task"]]], r"expected a span within tokens 3 to 7 of the document, found \[2, 4\]"),
        ([[], [[7, 8, "Task"]]], r"expected a span within tokens 3 to 7 of the document, found \[7, 8\]"),
        ([[], [[5, 4, "Task"]]], r"expected a span within tokens 3 to 7 of the document, found \[5, 4\]"),
        ([[], [[5, 5]]], r"expected first token, last token and label, found \[5, 5\]"),
        ([[]], "expected a list of entities for each of 2 sentences, found 1"),
        (None, "expected a list under 'ner', found NoneType"),
    ],
)
def test_mistakes_in_lists_of_sentences(tmp_path: Path, ner: Any, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.json: record 2: {message}"):
        read(tmp_path, LISTED, {**LISTED, "ner": ner}, reader=LISTS)


def test_sentences_as_records(tmp_path: Path) -> None:
    sentences, dropped = read(tmp_path, RECORD, {**RECORD, "entity_mentions": []}, reader=RECORDS)
    place = f"{tmp_path}/a.json: record 1"
    assert sentences == [
        ("IL-2 gene .", [RawSpan("DNA", 0, 9, place), RawSpan("protein", 0, 4, place)]),
        ("IL-2 gene .", []),
    ]
    assert not dropped


@pytest.mark.parametrize(
    ("entity", "message"),
    [
        ({"start": 2, "end": 4, "entity_type": "DNA"}, r"expected a span within the 3 tokens .*, found \[2, 4\]"),
        ({"start": 2, "end": 3}, "expected an entity with start, end, entity_type, found {'start': 2, 'end': 3}"),
        ([2, 3, "DNA"], "expected an entity with start, end, entity_type, found"),
        ({"start": 2, "end": None, "entity_type": "DNA"}, r"expected two indices of tokens, found \[2, None\]"),
    ],
)
def test_mistakes_in_records(tmp_path: Path, entity: Any, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.json: record 2: {message}"):
        read(tmp_path, RECORD, {**RECORD, "entity_mentions": [entity]}, reader=RECORDS)


@given(st.lists(st.lists(st.text("aé🇫", min_size=1, max_size=3), min_size=1, max_size=4), min_size=1), st.data())
def test_the_three_layouts_agree(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[str]], data: st.DataObject
) -> None:
    folder, starts, ner = tmp_path_factory.mktemp("spans"), [0], []
    for sentence in sentences:
        starts.append(starts[-1] + len(sentence))
        index = st.integers(0, len(sentence) - 1)
        ner.append([sorted(pair) for pair in data.draw(st.lists(st.tuples(index, index), max_size=3))])
    spans = {
        "words": [token for sentence in sentences for token in sentence],
        "sentences": list(zip(starts, starts[1:], strict=False)),
        "ner": [[at + i, at + j + 1, "x"] for at, its in zip(starts, ner, strict=False) for i, j in its],
    }
    records = [
        {"tokens": sentence, "entity_mentions": [{"start": i, "end": j + 1, "entity_type": "x"} for i, j in its]}
        for sentence, its in zip(sentences, ner, strict=True)
    ]
    lists = {
        "sentences": sentences,
        "ner": [[[at + i, at + j, "x"] for i, j in its] for at, its in zip(starts, ner, strict=False)],
    }

    def mentions(passages: list[RawPassage]) -> list[str]:
        return [text[span.start : span.end] for text, its_spans in passages for span in its_spans]

    expected = [" ".join(tokens[i : j + 1]) for tokens, its in zip(sentences, ner, strict=True) for i, j in its]
    by_span, dropped = read(folder, spans)
    by_record, _ = read(folder, *records, reader=RECORDS)
    (document,), _ = read(folder, lists, reader=LISTS)
    assert mentions(by_span) == mentions(by_record) == mentions([document]) == expected
    assert [text for text, _ in by_span] == [text for text, _ in by_record] == [" ".join(one) for one in sentences]
    assert not dropped
