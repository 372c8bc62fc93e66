"""JSON records, in an array or one after another, a window of the file at a time."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers import json_records
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.json_records import read_json_records


def read(content: str) -> list[dict[str, Any]]:
    return list(read_json_records(io.StringIO(content), "train.json"))


RECORDS = [{"id": "a", "n": [1, 2.5, None, True]}, {"id": 'é 🗼 \u2028 " \\ ] } ,'}, {}]
AS_WRITTEN = [json.dumps(record, ensure_ascii=False) for record in RECORDS]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2, ensure_ascii=False),
        "\n".join(AS_WRITTEN),
        "\n".join(AS_WRITTEN) + "\n",
        "\r\n\r\n".join(AS_WRITTEN),
        "".join(AS_WRITTEN),
        "  \n [ " + " ,\n".join(AS_WRITTEN) + " ] \n",
    ],
    ids=["array", "indented array", "lines", "final line break", "CRLF", "no separator", "white space"],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_every_layout_gives_the_same_records(content: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "CHUNK", chunk)
    assert read(content) == RECORDS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "start of the file: expected at least one record, found none"),
        ("[]", "start of the file: expected at least one record"),
        (
            "version https://git-lfs.github.com/spec/v1\n",
            "record 1: expected an object '{...}', found 'version https://g",
        ),
        ("<html>", "record 1: expected an object"),
        ('[{"a": 1}', "record 1: expected ',', found the end of the file"),
        ('[{"a": 1},', "record 2: expected an object '{...}', found the end of the file"),
        ('[{"a": 1},]', "record 2: expected an object '{...}', found ']'"),
        ('[{"a": 1} {"a": 2}]', "record 1: expected ',', found '{\"a\": 2}]'"),
        ('[{"a": 1}] tail', "record 1: expected the end of the file, found 'tail'"),
        ('[{"a": 1}]\n[{"a": 2}]', "record 1: expected the end of the file, found '[{"),
        ('{"a": 1},\n{"a": 2}', "record 2: expected an object"),
        ('[{"a": 1}, 2]', "record 2: expected an object '{...}', found '2]'"),
        ('[{"a": 1}, {"a": "un', "record 2: expected a complete JSON object, found 'Unterminated string"),
        ("[{'a': 1}]", "record 1: expected a complete JSON object"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_a_broken_file_names_the_record(
    content: str, message: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "CHUNK", chunk)
    with pytest.raises(DataFormatError) as caught:
        read(content)
    assert str(caught.value).startswith(f"train.json: {message}" if chunk > 1 else "train.json: ")
    assert message.split(",")[0] in str(caught.value)
    assert "correct the file, or download it again" in str(caught.value)


def test_bytes_that_are_not_utf8_are_an_error() -> None:
    file = io.TextIOWrapper(io.BytesIO(b'[{"a": "caf\xe9"}]'), encoding="utf-8")
    with pytest.raises(DataFormatError, match="expected UTF-8, found the byte 0xe9"):
        list(read_json_records(file, "train.json"))


def test_records_before_the_fault_are_read() -> None:
    records = read_json_records(io.StringIO('{"a": 1}\n{"a": 2}\n{"a"'), "train.json")
    assert [next(records), next(records)] == [{"a": 1}, {"a": 2}]
    with pytest.raises(DataFormatError, match="record 3"):
        next(records)


class CountingFile(io.StringIO):
    """A file that knows how much of it was read."""

    characters = 0

    def read(self, size: int | None = -1) -> str:
        piece = super().read(size)
        self.characters += len(piece)
        return piece


def test_no_more_is_read_than_the_next_record_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "CHUNK", 64)
    record = json.dumps({"id": "x" * 20})
    file = CountingFile("[" + ",".join([record] * 1_000) + "]")
    records = read_json_records(file, "train.json")
    for number in range(1, 101):
        next(records)
        assert file.characters <= number * (len(record) + 1) + 128


def test_a_record_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "CHUNK", 16)
    monkeypatch.setattr(json_records, "LONGEST_RECORD", 256)
    file = CountingFile('[{"id": "' + "x" * 100_000 + '"}]')
    with pytest.raises(DataFormatError, match="record 1: expected a complete JSON object"):
        list(read_json_records(file, "train.json"))
    assert file.characters < 1_024


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    records=st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), min_size=1, max_size=4),
    indent=st.none() | st.integers(0, 3),
    escape=st.booleans(),
    lines=st.booleans(),
    chunk=st.integers(1, 40),
)
def test_what_json_writes_is_read_back(
    records: list[dict[str, Any]], indent: int | None, escape: bool, lines: bool, chunk: int
) -> None:
    if lines:
        content = "\n".join(json.dumps(record, ensure_ascii=escape, indent=indent) for record in records)
    else:
        content = json.dumps(records, ensure_ascii=escape, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_records, "CHUNK", chunk)
        assert read(content) == records
