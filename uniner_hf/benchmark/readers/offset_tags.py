"""XML with a text in one element, and for each entity an empty element with its offsets: i2b2 2012 and 2014."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.raw_passages import RawPassage, SplitFiles
from uniner_hf.benchmark.readers.sentences import PassageUnit, split_document
from uniner_hf.benchmark.readers.standoff import Mention, standoff_spans
from uniner_hf.benchmark.readers.xml_events import End, Start, Text, read_xml_events

TEXT, TAGS = "TEXT", "TAGS"


@dataclass(frozen=True, slots=True)
class OffsetTags:
    """Which elements are entities.

    Args:
        entities: the elements in `<TAGS>` that are entities; the others are left out and counted.
        label: their attribute that holds the label; `start`, `end` and `text` hold the rest.
        passages: what a document is cut into.
    """

    tokenized: ClassVar[bool] = False

    entities: Sequence[str]
    label: str
    passages: PassageUnit

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield passages as `Reader.read` says."""
        for path in files.paths:
            text, tags = _text_and_tags(path)
            dropped.update(f"{tag.name} annotations" for tag in tags if tag.name not in self.entities)
            mentions = (self._mention(tag, path) for tag in tags if tag.name in self.entities)
            yield from split_document(RawPassage(text, standoff_spans(text, mentions, dropped)), self.passages)

    def _mention(self, tag: Start, path: Path) -> Mention:
        place = f"{path}:{tag.line}"
        try:
            start, end, repeated, label = (tag.attributes[name] for name in ("start", "end", "text", self.label))
            return Mention(label, [(int(start), int(end))], repeated, place)
        except (KeyError, ValueError):
            found = " ".join(f'{name}="{value}"' for name, value in tag.attributes.items())
            raise DataFormatError(
                f"{place}: expected <{tag.name}> with numbers as start and end, with text and with {self.label}, "
                f"found {found}; restore the line from the original file."
            ) from None


def _text_and_tags(path: Path) -> tuple[str, list[Start]]:
    pieces: list[str] = []
    tags: list[Start] = []
    within, found = "", set()
    for event in read_xml_events(path):
        match event:
            case Start(name) if name in (TEXT, TAGS):
                within = name
                found.add(name)
            case End(name) if name == within:
                within = ""
            case Text(text) if within == TEXT:
                pieces.append(text)
            case Start() if within == TAGS:
                tags.append(event)
    if found != {TEXT, TAGS}:
        raise DataFormatError(f"{path}: expected <{TEXT}> and <{TAGS}>, found {sorted(found)}; restore the file.")
    return "".join(pieces), tags
