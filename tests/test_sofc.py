"""A corpus of two made-up articles in the layout of SOFC-Exp."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.benchmark.readers.sofc import ENTITIES, METADATA, SENTENCES, TEXTS, SofcArticles

TEXT = "Zoë: cells.\nThe YSZ\nlayer gave 0.5 W.\nEnd."
FILES = {
    METADATA: 'Document title\tname\tlicense\tset\n"On\ncells"\tA1\tCC BY\ttrain\nOn layers\tA2\tCC BY\tdev\n',
    f"{TEXTS}/A1.txt": TEXT,
    f"{SENTENCES}/A1.csv": "1\t0\t0\t11\n2\t1\t12\t37\n3\t0\t38\t42\n",
    f"{ENTITIES}/A1.csv": (
        "2\t1\t0\t3\tO\tO\n2\t2\t4\t7\tB-MATERIAL\tB-anode\n2\t3\t8\t13\tI-MATERIAL\tI-anode\n"
        "2\t4\t14\t18\tB-EXPERIMENT\tO\n2\t5\t19\t22\tB-VALUE\tO\n2\t6\t23\t24\tI-VALUE\tO\n2\t7\t24\t25\tO\tO\n"
    ),
    f"{TEXTS}/A2.txt": "Layers. Cells.",
    f"{SENTENCES}/A2.csv": "1\t1\t0\t7\n2\t1\t8\t14\n",
    f"{ENTITIES}/A2.csv": "1\t1\t0\t6\tB-DEVICE\tO\n2\t1\t0\t5\tB-DEVICE\tO\n",
}


def read(folder: Path, split: str, changed: str = "", old: str = "", new: str = "") -> list[RawPassage]:
    for name, content in FILES.items():
        path = folder / "sofc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((content.replace(old, new, 1) if name == changed else content).encode())
    paths = sorted((folder / "sofc" / ENTITIES).glob("*.csv"))
    return list(SofcArticles().read(SplitFiles(folder, split, paths), Counter()))


def test_annotated_sentences_with_offsets_in_the_sentence(tmp_path: Path) -> None:
    place = f"{tmp_path}/sofc/{ENTITIES}/A1.csv"
    (sentence,) = read(tmp_path, "train")
    assert sentence == (
        "The YSZ\nlayer gave 0.5 W.",
        [
            RawSpan("MATERIAL", 4, 13, f"{place}:2"),
            RawSpan("EXPERIMENT", 14, 18, f"{place}:4"),
            RawSpan("VALUE", 19, 24, f"{place}:5"),
        ],
    )


def test_each_split_has_the_articles_that_the_metadata_names(tmp_path: Path) -> None:
    first, second = read(tmp_path, "validation")
    assert (first.text, second.text) == ("Layers.", "Cells.")  # no entity goes on from one sentence to the next
    assert [(span.label, span.start, span.end) for span in (*first.spans, *second.spans)] == [
        ("DEVICE", 0, 6),
        ("DEVICE", 0, 5),
    ]
    assert read(tmp_path, "test") == []


@pytest.mark.parametrize(
    ("changed", "old", "new", "message"),
    [
        (METADATA, "\tname", "\tid", r"Metadata\.csv:1: expected the columns name, set, found"),
        (METADATA, "A1\t", "", r"Metadata\.csv:2: expected 4 cells, found 3"),
        (METADATA, "A2\tCC BY\tdev", "A3\tCC BY\ttrain", r"expected a file for each train article .* none for A3"),
        (
            f"{SENTENCES}/A1.csv",
            "42",
            "43",
            r"A1\.csv:3: expected two offsets within 42 characters, found '38' and '43'",
        ),
        (f"{SENTENCES}/A1.csv", "2\t1", "7\t1", r"A1\.csv:1: expected the number of a sentence of .*, found '2'"),
        (f"{ENTITIES}/A1.csv", "24\t25", "24\t26", r"A1\.csv:7: expected two offsets within 25 characters"),
        (f"{ENTITIES}/A1.csv", "4\t7", "7\t4", r"A1\.csv:2: expected two offsets .* found '7' and '4'"),
        (f"{ENTITIES}/A1.csv", "4\t7", "-4\t7", r"A1\.csv:2: expected two offsets .* found '-4' and '7'"),
        (f"{ENTITIES}/A1.csv", "\tB-anode", "", r"A1\.csv:2: expected 6 cells, found 5"),
    ],
)
def test_mistakes(changed: str, old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match=message):
        read(tmp_path, "train", changed, old, new)
