"""ACE documents, made up in the layout of the published ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.ace import AceDocuments
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles

SOURCE = """<DOC>
<DOCID> A.1 </DOCID>
<BODY>
<HEADLINE>
Example Town news
</HEADLINE>
<TEXT>
<SPEAKER> Jane Doe </SPEAKER>
The mayor of
Example Town met R&amp;D Ltd.

  Its staff left.
</TEXT>
</BODY>
</DOC>
"""
PLAIN = SOURCE
for tag in ("DOC", "DOCID", "BODY", "HEADLINE", "TEXT", "SPEAKER"):
    PLAIN = PLAIN.replace(f"<{tag}>", "").replace(f"</{tag}>", "")


def charseq(text: str) -> str:
    start = PLAIN.rindex(text)
    return f'<charseq START="{start}" END="{start + len(text) - 1}">{text}</charseq>'


def mention(extent: str, head: str) -> str:
    return f"<entity_mention><extent>{charseq(extent)}</extent><head>{charseq(head)}</head></entity_mention>"


def annotation(*entities: tuple[str, str]) -> str:
    inside = "\n".join(
        f'<entity ID="E" TYPE="{label}" CLASS="SPC">{mentions}</entity>' for label, mentions in entities
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE source_file SYSTEM "apf.v5.1.1.dtd">\n'
        f'<source_file URI="A.1.sgm"><document DOCID="A.1">{inside}</document></source_file>'
    )


APF = annotation(
    ("PER", mention("The mayor of\nExample Town", "mayor") + mention("Jane Doe", "Doe")),
    ("GPE", mention("Example Town", "Example Town") + f"<name>{charseq('Example')}</name>"),
    ("ORG", mention("R&amp;D Ltd", "R&amp;D Ltd") + mention("Its", "Its")),
)


def read(
    folder: Path, apf: str = APF, source: str = SOURCE, part: str = "extent"
) -> tuple[list[RawPassage], Counter[str]]:
    (folder / "A.1.sgm").write_bytes(source.encode())
    (folder / "A.1.apf.xml").write_text(apf, encoding="utf-8")
    dropped = Counter[str]()
    files = SplitFiles(folder, "test", [folder / "A.1.apf.xml"])
    return list(AceDocuments(part).read(files, dropped)), dropped


def mentions(passages: list[RawPassage]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(text, [(span.label, text[span.start : span.end]) for span in spans]) for text, spans in passages]


def test_paragraphs_with_the_extents_of_their_mentions(tmp_path: Path) -> None:
    passages, dropped = read(tmp_path)
    assert mentions(passages) == [
        ("Jane Doe", [("PER", "Jane Doe")]),
        (
            "The mayor of Example Town met R&D Ltd.",
            [("PER", "The mayor of Example Town"), ("GPE", "Example Town"), ("ORG", "R&D Ltd")],
        ),
        ("Its staff left.", [("ORG", "Its")]),
    ]
    assert passages[0].spans[0].place == f"{tmp_path}/A.1.apf.xml:4"
    assert not dropped


def test_heads(tmp_path: Path) -> None:
    passages, _ = read(tmp_path, part="head")
    assert mentions(passages)[:2] == [
        ("Jane Doe", [("PER", "Doe")]),
        ("The mayor of Example Town met R&D Ltd.", [("PER", "mayor"), ("GPE", "Example Town"), ("ORG", "R&D Ltd")]),
    ]


def test_offsets_after_a_reference_are_those_of_the_readable_text(tmp_path: Path) -> None:
    source = "<TEXT>a &lt; b &amp;amp; &#233; Rome &notone; Oslo</TEXT>"
    plain = source.removeprefix("<TEXT>")
    at = [(plain.index(name), plain.index(name) + 3) for name in ("Rome", "Oslo")]
    apf = "".join(
        f'<entity_mention><extent><charseq START="{start}" END="{end}">{plain[start : end + 1]}</charseq></extent>'
        "</entity_mention>"
        for start, end in at
    )
    passages, _ = read(tmp_path, annotation(("GPE", apf)), source)
    (text, found), *_ = mentions(passages)
    assert text.startswith("a < b &amp; é Rome ")
    assert found == [("GPE", "Rome"), ("GPE", "Oslo")]


def test_a_mention_outside_the_paragraphs_is_counted(tmp_path: Path) -> None:
    start = PLAIN.index("Example Town")
    inside = f'<charseq START="{start}" END="{start + 11}">Example Town</charseq>'
    passages, dropped = read(
        tmp_path, annotation(("GPE", f"<entity_mention><extent>{inside}</extent></entity_mention>"))
    )
    assert [passage.spans for passage in passages] == [[], [], []]
    assert dropped == {"mentions outside the paragraphs of the text": 1}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (">Jane Doe<", ">Jane Roe<", r"A\.1\.apf\.xml:4: expected 'Jane Roe' at characters .* found 'Jane Doe'"),
        ('TYPE="PER"', "", r"A\.1\.apf\.xml:3: expected the attribute TYPE, found"),
        ('START="', 'BEGIN="', "expected the attribute START"),
        ('END="', 'END="-', "expected a number as END, found '-"),
        ("</document>", "", "expected well-formed XML, found mismatched tag"),
        ("<!DOCTYPE source_file SYSTEM", '<!DOCTYPE a [<!ENTITY b "c">]><!', "expected no entities"),
    ],
)
def test_mistakes(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(tmp_path, APF.replace(old, new))


def test_a_source_of_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "A.1.apf.xml"
    path.write_text(APF)
    (tmp_path / "A.1.sgm").write_bytes(b"<TEXT>caf\xe9</TEXT>")
    with pytest.raises(DataFormatError, match=r"A\.1\.sgm:1: expected UTF-8, found"):
        list(AceDocuments("head").read(SplitFiles(tmp_path, "test", [path]), Counter()))


def test_a_missing_source(tmp_path: Path) -> None:
    path = tmp_path / "A.1.apf.xml"
    path.write_text(APF)
    with pytest.raises(FileNotFoundError, match=r"A\.1\.sgm"):
        list(AceDocuments("head").read(SplitFiles(tmp_path, "test", [path]), Counter()))


@given(
    st.lists(st.sampled_from(["Rome", "&amp;", "&", "x", " ", "\n", "\n\n", "<P>", "é", "🇫", "&#39;"]), max_size=20)
)
def test_every_mention_is_found_or_counted(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    plain, entities = "", ""
    for piece in pieces:
        if piece == "Rome":
            entities += (
                f'<entity_mention><extent><charseq START="{len(plain)}" END="{len(plain) + 3}">Rome</charseq></extent>'
                "</entity_mention>"
            )
        plain += "" if piece == "<P>" else piece
    source = f"<TEXT>{''.join(pieces)}</TEXT>"
    passages, dropped = read(tmp_path_factory.mktemp("ace"), annotation(("GPE", entities)), source)
    found = [mention for _, inside in mentions(passages) for mention in inside]
    assert found == [("GPE", "Rome")] * pieces.count("Rome")
    assert not dropped
    assert all(passage.text == passage.text.strip() != "" for passage in passages)
