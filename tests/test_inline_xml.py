"""Entities as XML elements in the text: GENIA's sentences and OntoNotes' lines."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.inline_xml import InlineXml
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles

GENIA = InlineXml("sentence", ["cons"], "sem")
ONTONOTES = InlineXml("DOC", ["ENAMEX"], "TYPE", lines=True)


def read(folder: Path, content: str, reader: InlineXml) -> tuple[list[RawPassage], Counter[str]]:
    path, dropped = folder / "a.xml", Counter[str]()
    path.write_text(content, encoding="utf-8")
    return list(reader.read(SplitFiles(folder, "train", [path]), dropped)), dropped


def mentions(passage: RawPassage) -> list[tuple[str, str]]:
    return [(span.label, passage.text[span.start : span.end]) for span in passage.spans]


def test_nested_entities_of_sentences_inner_ones_first(tmp_path: Path) -> None:
    (title, sentence), dropped = read(
        tmp_path,
        '<?xml version="1.0"?>\n<!DOCTYPE set SYSTEM "gpml.dtd">\n<set><title>\n'
        '<sentence>The <cons lex="x" sem="G#DNA"><cons sem="G#protein">IL-2</cons> gene</cons> &amp; so.</sentence>\n'
        "</title><abstract>not a sentence\n<sentence>None.</sentence></abstract></set>",
        GENIA,
    )
    assert title.text == "The IL-2 gene & so."
    assert mentions(title) == [("G#protein", "IL-2"), ("G#DNA", "IL-2 gene")]
    assert {span.place for span in title.spans} == {f"{tmp_path}/a.xml:4"}
    assert sentence == ("None.", [])
    assert not dropped


def test_coordinations_and_their_parts_are_dropped_and_what_lies_inside_is_kept(tmp_path: Path) -> None:
    (sentence,), dropped = read(
        tmp_path,
        '<sentence><cons sem="(AND G#DNA G#DNA)"><cons lex="a*">alpha-</cons> and <cons>beta-'
        '<cons sem="G#DNA">globin</cons></cons></cons></sentence>',
        GENIA,
    )
    assert sentence.text == "alpha- and beta-globin"
    assert mentions(sentence) == [("G#DNA", "globin")]
    assert dropped == {"parts of coordinated mentions": 2, "coordinated mentions": 1}


def test_lines_as_passages_without_blank_ones(tmp_path: Path) -> None:
    passages, dropped = read(
        tmp_path,
        '<DOC DOCNO="a@b">\n<ENAMEX TYPE="ORG">R&amp;D Ltd</ENAMEX> is in\n\n  \n'
        '  <ENAMEX TYPE="GPE" E_OFF="1">Rome</ENAMEX> , <ENAMEX TYPE="GPE">Italy </ENAMEX> \n'
        'The <ENAMEX TYPE="LAW">Act\nof 1900</ENAMEX> .\n</DOC>\n',
        ONTONOTES,
    )
    assert [(passage.text, mentions(passage)) for passage in passages] == [
        ("R&D Ltd is in", [("ORG", "R&D Ltd")]),
        ("Rome , Italy", [("GPE", "Rome"), ("GPE", "Italy")]),
        ("The Act", []),
        ("of 1900 .", []),
    ]
    assert dropped == {"mentions that cross the end of a line": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "<sentence>a\n<b>c</b></sentence>",
            r"a\.xml:2: expected no elements but cons in sentence, found b; this is not the file .*report the element",
        ),
        ("<sentence>\n<sentence>a</sentence></sentence>", r"a\.xml:2: .* found sentence"),
        ('<sentence>\n<cons sem="x"> </cons></sentence>', r"a\.xml:2: expected an entity with text, found none"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><sentence>&b;</sentence>', "expected no entities .*, found 'b'"),
        ("<sentence>a", "expected well-formed XML"),
    ],
)
def test_mistakes(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(tmp_path, content, GENIA)


@given(st.recursive(st.text("aé< &🇫\n", min_size=1), lambda inner: st.lists(inner, min_size=1), max_leaves=12))
def test_every_element_is_its_own_text(tmp_path_factory: pytest.TempPathFactory, nested: object) -> None:
    texts: list[str] = []

    def written(node: object) -> tuple[str, str]:
        """Return a node as XML and as plain text; `texts` has the text of every element."""
        if isinstance(node, str):
            return escape(node), node
        assert isinstance(node, list)
        parts = [written(one) for one in node]
        plain = "".join(text for _, text in parts) + "."
        texts.append(plain.strip())
        return f'<cons sem="x">{"".join(xml for xml, _ in parts)}.</cons>', plain

    xml, plain = written(nested)
    (sentence,), dropped = read(tmp_path_factory.mktemp("xml"), f"<sentence>{xml}</sentence>", GENIA)
    assert sentence.text == plain
    assert [text for _, text in mentions(sentence)] == texts
    assert not dropped
