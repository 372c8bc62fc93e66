"""XML read as events: in order, with lines, safely, and without holding the file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers import xml_events
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.xml_events import End, Start, Text, read_xml_events

BOMB = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>\n<a>&c;</a>'


def read(folder: Path, content: str | bytes) -> list[Start | Text | End]:
    path = folder / "a.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_xml_events(path))


def test_events_in_document_order_with_lines(tmp_path: Path) -> None:
    assert read(tmp_path, '<a>\nx &amp; &#233;<b c="d"/>y</a>') == [
        Start("a", {}, 1),
        Text("\nx & é"),
        Start("b", {"c": "d"}, 2),
        End("b"),
        Text("y"),
        End("a"),
    ]


def test_a_file_of_many_chunks_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_events, "CHUNK", 3)
    events = read(tmp_path, "<a>Zoë 🇫🇷<b>한국</b></a>")
    assert "".join(event.text for event in events if isinstance(event, Text)) == "Zoë 🇫🇷한국"
    assert [event.name for event in events if isinstance(event, Start)] == ["a", "b"]


def test_the_dtd_that_a_file_names_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.dtd").write_text("this would be an error")
    for dtd in ("a.dtd", "http://example.invalid/a.dtd"):
        assert read(tmp_path, f'<!DOCTYPE a SYSTEM "{dtd}"><a/>') == [Start("a", {}, 1), End("a")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, r"a\.xml:1: expected no entities but those of XML itself, found 'b'"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]>\n<a>&b;</a>', "found 'b'"),
        ('<!DOCTYPE a [<!ENTITY % b SYSTEM "b.dtd"> %b;]>\n<a/>', "found 'b'"),
        ('<!DOCTYPE a SYSTEM "a.dtd">\n<a>&b;</a>', r"a\.xml:2: expected no entities .* found 'b'"),
        ("<a>\n&b;</a>", r"a\.xml:2: expected well-formed XML, found undefined entity"),
        ("<a>\n</b>", r"a\.xml:2: expected well-formed XML, found mismatched tag at column 2"),
        ("<a>", "found no element found"),
        ("", "found no element found"),
        (b"<a>\xe9</a>", "not well-formed"),
    ],
)
def test_what_is_refused(content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(tmp_path, content)


def test_a_large_file_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f"<a>{'<b>some text</b>' * 200_000}</a>")
    tracemalloc.start()
    assert sum(isinstance(event, End) for event in read_xml_events(path)) == 200_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size
