"""XML with a text and tags that hold offsets, entity bombs included."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.offset_tags import OffsetTags
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles

READER = OffsetTags(["EVENT", "NAME"], "type", "lines")
BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def document(tags: str, text: str = "\nWe saw a & b left .\nBye .\n") -> str:
    return f'<?xml version="1.0"?>\n<d>\n<TEXT><![CDATA[{text}]]></TEXT>\n<TAGS>\n{tags}\n</TAGS>\n</d>\n'


def read(folder: Path, content: str) -> tuple[list[RawPassage], Counter[str]]:
    path, dropped = folder / "a.xml", Counter[str]()
    path.write_text(content, encoding="utf-8")
    return list(READER.read(SplitFiles(folder, "train", [path]), dropped)), dropped


def test_entities_are_read_and_other_tags_are_counted(tmp_path: Path) -> None:
    tags = '<EVENT start="8" end="18" text="a &amp; b left" type="TEST" />\n<TLINK id="L" />\n<TLINK id="M" />'
    assert read(tmp_path, document(tags)) == (
        [("We saw a & b left .", [RawSpan("TEST", 7, 17, f"{tmp_path}/a.xml:8")]), ("Bye .", [])],
        {"TLINK annotations": 2},
    )


def test_offsets_count_a_carriage_return_and_a_line_feed_as_one(tmp_path: Path) -> None:
    tag = '<NAME start="4" end="7" text="Ada" type="PER" />'
    content = document(tag, "One\r\nAda .")
    path = tmp_path / "a.xml"
    path.write_bytes(content.encode())
    _, passage = READER.read(SplitFiles(tmp_path, "train", [path]), Counter())
    assert (passage.text, passage.spans[0][:3]) == ("Ada .", ("PER", 0, 3))


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ('<EVENT start="8" end="18" text="other" type="TEST" />', "8: expected the text 'other' at its offsets"),
        ('<EVENT start="8" end="99" text="a" type="TEST" />', "8: expected a span within the 27 characters"),
        ('<EVENT start="8" end="x" text="a" type="TEST" />', "8: expected <EVENT> with numbers as start and end"),
        ('<EVENT start="8" end="9" text="a" />', '8: expected <EVENT> .* with type, found start="8" end="9" text="a"'),
        ('<EVENT start="8" end="18" text="a & b" type="T" />', "8: expected well-formed XML"),
    ],
)
def test_mistakes(tmp_path: Path, tags: str, message: str) -> None:
    with pytest.raises(DataFormatError, match=rf"a\.xml:{message}"):
        read(tmp_path, document(tags))


def test_a_file_without_text(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=r"a\.xml: expected <TEXT> and <TAGS>, found \['TAGS'\]"):
        read(tmp_path, "<d><TAGS/></d>")


def test_entity_bombs_and_outside_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    outside = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{tmp_path}/secret">]>'
    for head, body in ((BOMB, "&b;"), (outside, "&x;")):
        with pytest.raises(DataFormatError, match="expected no entities but those of XML itself"):
            read(tmp_path, f"{head}<d><TEXT>{body}</TEXT><TAGS/></d>")
