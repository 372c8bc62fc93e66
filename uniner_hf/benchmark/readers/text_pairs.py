"""Documents in two files of one name: `a.txt` with the text, `a.ann` or the like with its annotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from uniner_hf.benchmark.readers.errors import DataFormatError

TEXT = ".txt"


def text_pairs(paths: Sequence[Path], annotations: str) -> Iterator[tuple[str, Path, Path]]:
    """Yield the documents among some files, in the order of their names; files of other kinds are passed over.

    The two files of a document need not stand in one folder, since several sets are handed out with two.

    Args:
        paths: the files of one split.
        annotations: how the names of annotation files end, such as `".ann"`; it may end in `".txt"` itself.

    Returns:
        `(name, text file, annotation file)` for each document.

    Raises:
        DataFormatError: a file without its other half, or two of one name.
    """
    annotated = _by_name([path for path in paths if path.name.endswith(annotations)], annotations)
    texts = _by_name([path for path in paths if path.name.endswith(TEXT) and path not in annotated.values()], TEXT)
    for name in sorted(texts.keys() | annotated.keys()):
        if name not in annotated:
            raise _alone(texts[name], name + annotations)
        if name not in texts:
            raise _alone(annotated[name], name + TEXT)
        yield name, texts[name], annotated[name]


def _by_name(paths: Sequence[Path], ending: str) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for path in paths:
        name = path.name.removesuffix(ending)
        if name in named:
            raise DataFormatError(
                f"{path}: expected one file of this name in a split, found {named[name]} too; remove the one that is "
                "not original."
            )
        named[name] = path
    return named


def _alone(path: Path, partner: str) -> DataFormatError:
    return DataFormatError(f"{path}: expected {partner} among the files of its split, found none; restore it.")
