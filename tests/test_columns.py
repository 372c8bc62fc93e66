"""Column files of every layout, scheme and oddity that the data sets have."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.columns import ColumnFormat, TaggedSentence, entity_spans, read_columns
from uniner_hf.benchmark.readers.errors import DataFormatError

TAB = ColumnFormat("\t", 0, (1,))
SPACE = ColumnFormat(" ", 0, (1,))
TAG_FIRST = ColumnFormat("\t", 1, (0,))
INDEXED = ColumnFormat("\t", 1, (2,))


def read(folder: Path, content: str | bytes, columns: ColumnFormat) -> list[TaggedSentence]:
    path = folder / "file.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_columns(path, columns))


def tokens_and_tags(sentences: list[TaggedSentence]) -> list[list[tuple[str, ...]]]:
    return [list(zip(sentence.tokens, *sentence.layers, strict=True)) for sentence in sentences]


@pytest.mark.parametrize(
    ("columns", "content"),
    [
        (TAB, "Ada\tB-PER\nleft\tO\n\nBob\tB-PER\n\n"),
        (TAB, "Ada\tB-PER\nleft\tO\n\nBob\tB-PER"),
        (TAB, "\n\nAda\tB-PER\nleft\tO\n\n\n \nBob\tB-PER\n\n\n"),
        (TAB, "Ada\tB-PER\nleft\tO\n\t\nBob\tB-PER\n\t\n"),
        (TAB, "Ada\tB-PER\r\nleft\tO\r\n\r\nBob\tB-PER\r\n"),
        (TAB, "\ufeffAda\tB-PER\nleft\tO\n\nBob\tB-PER\n"),
        (TAB, "-DOCSTART-\tO\n\nAda\tB-PER\nleft\tO\n-DOCSTART-\tO\nBob\tB-PER\n"),
        (TAB, "-DOCSTART- (6794356)\n\nAda\tB-PER\nleft\tO\n\n\n-DOCSTART- (6794357)\n\nBob\tB-PER\n"),
        (TAB, "-DOCSTART- -X- -X- O\n\nAda\tB-PER\nleft\tO\n\nBob\tB-PER\n"),
        (SPACE, "-DOCSTART- O\nAda B-PER\nleft O\n\n-DOCSTART- O\nBob B-PER\n\n"),
        (TAG_FIRST, "B-PER\tAda\nO\tleft\n\nB-PER\tBob"),
        (INDEXED, "0\t-DOCSTART-\tO\n\n0\tAda\tB-PER\n1\tleft\tO\n\n0\tBob\tB-PER\n\n"),
        (
            ColumnFormat("\t", 1, (2,), "# "),
            "# id = 1\n# text\n1\tAda\tB-PER\t-\tx\n2\tleft\tO\t-\t-\n\n1\tBob\tB-PER\t-\t-\n",
        ),
        (ColumnFormat(" ", 0, (3,)), "Ada NNP - B-PER\nleft VBD - O\n\nBob NNP - B-PER\n"),
        (ColumnFormat(" ", 0, (-1,)), "Ada NNP - B-PER\nleft VBD O\n\nBob B-PER\n"),
    ],
    ids=[
        "tab",
        "no final blank line",
        "many blank lines",
        "lone tabs between sentences",
        "CRLF",
        "byte order mark",
        "document marks",
        "document marks with an id in the tag's place",
        "document mark of another separator",
        "spaces",
        "tag first",
        "indexed",
        "comments",
        "four columns",
        "last column",
    ],
)
def test_every_layout_gives_the_same_sentences(columns: ColumnFormat, content: str, tmp_path: Path) -> None:
    assert tokens_and_tags(read(tmp_path, content, columns)) == [[("Ada", "B-PER"), ("left", "O")], [("Bob", "B-PER")]]


def test_nested_annotation_has_a_layer_a_column(tmp_path: Path) -> None:
    columns = ColumnFormat("\t", 0, (1, 2))
    (sentence,) = read(tmp_path, "the\tB-PER\tO\t\nLord\tI-PER\tB-PER\t\n", columns)
    assert [entity_spans(layer) for layer in sentence.layers] == [[("PER", 0, 2)], [("PER", 1, 2)]]


def test_tokens_hold_any_white_space_but_the_separator(tmp_path: Path) -> None:
    odd = ["a b", "\u2028", "\x0b", "\x1c", "\x85", "\xa0", "\r", "한", "🇫🇷"]
    (sentence,) = read(tmp_path, "".join(f"{token}\tO\n" for token in odd), TAB)
    assert sentence.tokens == tuple(odd)


def test_tags_may_hold_spaces(tmp_path: Path) -> None:
    assert read(tmp_path, "optics\tB-field of study\n", TAB)[0].layers == (("B-field of study",),)


def test_lines_are_numbered_for_errors_past_marks_and_comments(tmp_path: Path) -> None:
    content = "# one\n1\tAda\tB-PER\n# two\n2\tleft\tO\n\n1\tBob\tB-PER\n"
    sentences = read(tmp_path, content, ColumnFormat("\t", 1, (2,), "# "))
    assert [sentence.lines for sentence in sentences] == [(2, 4), (6,)]


def test_a_token_outside_entities_may_have_lost_its_characters(tmp_path: Path) -> None:
    assert read(tmp_path, "Ada\tB-PER\n\tO\n", TAB)[0].tokens == ("Ada", "")


@pytest.mark.parametrize(
    ("columns", "content", "line", "message"),
    [
        (TAB, "Ada\tB-PER\n\nBob B-PER\n", 3, "at least 2 columns separated by a TAB, found 1 in 'Bob B-PER'"),
        (SPACE, "Ada\tB-PER\n", 1, "at least 2 columns separated by a space, found 1"),
        (ColumnFormat(" ", 0, (3,)), "Ada NNP -\n", 1, "at least 4 columns"),
        (TAB, "Ada\tO\nBob\t\n", 2, "a token in column 0 and a tag in column 1, found 'Bob\\\\t'"),
        (TAB, "\tB-PER\n", 1, "a token in column 0"),
        (ColumnFormat("\t", 0, (1, 2)), "\tO\tB-PER\n", 1, "a token in column 0 and a tag in column 1, 2"),
        (TAB, "Ada\tO\ncaf\xe9\tO\n".encode("latin-1"), 2, "expected UTF-8, found b'\\\\xe9' at byte 3"),
    ],
)
def test_errors_name_file_line_and_what_was_expected(
    columns: ColumnFormat, content: str | bytes, line: int, message: str, tmp_path: Path
) -> None:
    with pytest.raises(DataFormatError, match=rf"file\.txt:{line}: expected .*") as caught:
        read(tmp_path, content, columns)
    assert message.replace("\\\\", "\\") in str(caught.value)
    assert "restore" in str(caught.value)


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("BIO", "O B-X I-X O B-Y B-Y"),
        ("IOB1", "O I-X I-X O I-Y B-Y"),
        ("IOBES", "O B-X E-X O S-Y S-Y"),
        ("BILOU", "O B-X L-X O U-Y U-Y"),
        ("BMES", "O B-X E-X O S-Y S-Y"),
        ("one-token entities with I", "O B-X I-X O I-Y B-Y"),
    ],
)
def test_every_scheme_says_the_same(scheme: str, tags: str) -> None:
    assert entity_spans(tags.split()) == [("X", 1, 3), ("Y", 4, 5), ("Y", 5, 6)], scheme


@pytest.mark.parametrize("tags", ["O I-X I-X O I-Y I-Y", "O X X O Y Y"])
def test_touching_entities_of_a_scheme_that_cannot_part_them_are_one(tags: str) -> None:
    assert entity_spans(tags.split()) == [("X", 1, 3), ("Y", 4, 6)]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("O I-X O", [("X", 1, 2)]),
        ("B-X I-Y", [("X", 0, 1), ("Y", 1, 2)]),
        ("S-X I-X", [("X", 0, 1), ("X", 1, 2)]),
        ("E-X E-X", [("X", 0, 1), ("X", 1, 2)]),
        ("B-X B-O I-X", [("X", 0, 1), ("X", 2, 3)]),
        ("", []),
    ],
)
def test_tags_out_of_place_lose_no_token(tags: str, spans: list[tuple[str, int, int]]) -> None:
    assert entity_spans(tags.split()) == spans


LABELS = st.sampled_from(["PER", "Multi-tissue_structure", "person-scholar", "O2", "field of study"])
STRETCHES = st.lists(st.tuples(LABELS | st.none(), st.integers(1, 4)), max_size=8)
Span = tuple[str, int, int]


@st.composite
def tagged(draw: st.DrawFn, part_touching: bool) -> tuple[int, list[Span]]:
    """Draw the length of a sentence and its spans; without `part_touching`, no two of one label touch."""
    spans: list[Span] = []
    length = 0
    for label, size in draw(STRETCHES):
        if label is not None:
            touching = bool(spans) and spans[-1][0] == label and spans[-1][2] == length
            length += int(touching and not part_touching)
            spans.append((label, length, length + size))
        length += size
    return length, spans


def encode(length: int, spans: list[Span], scheme: str) -> list[str]:
    tags, previous = ["O"] * length, ("", 0, 0)
    for label, start, end in spans:
        inside = {"IOBES": "I", "BILOU": "I", "BMES": "M"}.get(scheme, "I")
        tags[start:end] = [f"{inside}-{label}"] * (end - start) if scheme != "bare" else [label] * (end - start)
        touches = previous[0] == label and previous[2] == start
        if scheme in ("BIO", "IOBES", "BILOU", "BMES") or (scheme == "IOB1" and touches):
            tags[start] = f"B-{label}"
        last = {"IOBES": "E", "BILOU": "L", "BMES": "E"}.get(scheme)
        single = {"IOBES": "S", "BILOU": "U", "BMES": "S"}.get(scheme)
        if last is not None:
            tags[end - 1] = f"{last if end - start > 1 else single}-{label}"
        previous = (label, start, end)
    return tags


@pytest.mark.parametrize("scheme", ["BIO", "IOB1", "IOBES", "BILOU", "BMES"])
@given(sentence=tagged(part_touching=True))
def test_spans_survive_a_scheme_that_parts_touching_entities(scheme: str, sentence: tuple[int, list[Span]]) -> None:
    length, spans = sentence
    assert entity_spans(encode(length, spans, scheme)) == spans


@pytest.mark.parametrize("scheme", ["I only", "bare"])
@given(sentence=tagged(part_touching=False))
def test_spans_survive_a_scheme_that_does_not(scheme: str, sentence: tuple[int, list[Span]]) -> None:
    length, spans = sentence
    assert entity_spans(encode(length, spans, scheme)) == spans


TOKENS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(sentences=st.lists(st.lists(st.tuples(TOKENS, st.sampled_from(["O", "B-X"])), min_size=1), max_size=4))
def test_any_tokens_are_read_as_they_were_written(
    sentences: list[list[tuple[str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = [
        [(token, tag) for token, tag in rows if not token.startswith(("-DOCSTART-", "\ufeff"))] for rows in sentences
    ]
    content = "\n".join("".join(f"{token}\t{tag}\n" for token, tag in rows) for rows in kept)
    read_back = tokens_and_tags(read(tmp_path_factory.getbasetemp(), content, TAB))
    assert read_back == [rows for rows in kept if rows]
