"""What every reader yields: the text of a passage, and its entities under the labels of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol


class RawSpan(NamedTuple):
    """An entity as its source has it.

    Args:
        label: of the source, such as `"B-PER"` without its prefix.
        start: offset of its first character in the text of the passage.
        end: offset after its last character.
        place: where errors say that it stands, such as `"train.txt:12"`.
    """

    label: str
    start: int
    end: int
    place: str


class RawPassage(NamedTuple):
    """A passage as its source has it.

    Args:
        text: of the passage.
        spans: its entities, in any order; one may come several times.
    """

    text: str
    spans: Sequence[RawSpan]


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """The original files of one split.

    Args:
        data_dir: folder with one sub-folder of original files for each set.
        split: `"train"`, `"validation"` or `"test"`.
        paths: its files, sorted by name.
    """

    data_dir: Path
    split: str
    paths: Sequence[Path]


class Reader(Protocol):
    """A file format: a frozen dataclass of its options, which the catalogue gives.

    Attributes:
        tokenized: the texts are tokens joined by spaces.
    """

    tokenized: ClassVar[bool]

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield the passages of a split, one after the other, in the order of the files.

        Args:
            files: what to read.
            dropped: counts what is left out, by reason.

        Raises:
            DataFormatError: content that the format does not allow.
        """
        ...


def joined(tokens: Sequence[str], spans: Iterable[tuple[str, int, int, str]]) -> RawPassage:
    """Return the passage of a tokenised source: its tokens joined by a space, empty ones leaving no trace.

    Args:
        tokens: of the passage; one outside entities may be empty.
        spans: its entities, `(label, first token, token after the last, place)` each.

    Example:
        >>> joined(["Ada", "", "Lovelace", "left"], [("PER", 0, 3, "a.txt:1")])
        RawPassage(text='Ada Lovelace left', spans=[RawSpan(label='PER', start=0, end=12, place='a.txt:1')])
    """
    starts, length = [], 0
    for token in tokens:
        starts.append(length)
        length += len(token) + 1 if token else 0
    return RawPassage(
        " ".join(filter(None, tokens)),
        [
            RawSpan(label, starts[first], starts[after - 1] + len(tokens[after - 1]), place)
            for label, first, after, place in spans
        ],
    )
