"""A text file and its annotations, and what is said of one without the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.text_pairs import text_pairs


def test_pairs_in_the_order_of_their_names_whatever_their_folders() -> None:
    paths = [Path("x/b.ann"), Path("x/b.txt"), Path("notes.conf"), Path("z/a.ann"), Path("y/a.txt")]
    assert list(text_pairs(paths, ".ann")) == [
        ("a", Path("y/a.txt"), Path("z/a.ann")),
        ("b", Path("x/b.txt"), Path("x/b.ann")),
    ]


def test_annotation_files_may_end_as_texts_do() -> None:
    paths = [Path("a.pipe.txt"), Path("a.txt")]
    assert list(text_pairs(paths, ".pipe.txt")) == [("a", Path("a.txt"), Path("a.pipe.txt"))]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.txt"], "a.txt: expected a.ann among the files of its split, found none"),
        (["a.ann"], "a.ann: expected a.txt among the files of its split, found none"),
        (
            ["a.ann", "x/a.txt", "y/a.txt"],
            "y/a.txt: expected one file of this name in a split, found x/a.txt too; remove the one",
        ),
    ],
)
def test_mistakes(names: list[str], message: str) -> None:
    with pytest.raises(DataFormatError, match=message):
        list(text_pairs(list(map(Path, names)), ".ann"))
