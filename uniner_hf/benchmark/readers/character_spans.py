"""JSON objects with a text and the character spans of its entities, each with its text repeated: FindVehicle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.json_records import read_json_records
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles


@dataclass(frozen=True, slots=True)
class CharacterSpans:
    """Which keys of an object hold what.

    Args:
        text: key of the text.
        entities: key of the entities, `[label, start, end, text of the entity, ...]` each, end exclusive.
    """

    tokenized: ClassVar[bool] = False

    text: str
    entities: str

    def read(self, files: SplitFiles, dropped: Counter[str]) -> Iterator[RawPassage]:
        """Yield texts as `Reader.read` says."""
        for path in files.paths:
            with path.open(encoding="utf-8") as file:
                for number, record in enumerate(read_json_records(file, str(path)), start=1):
                    yield self._passage(record, f"{path}: record {number}")

    def _passage(self, record: dict[str, Any], place: str) -> RawPassage:
        text, entities = record.get(self.text), record.get(self.entities)
        if not isinstance(text, str) or not isinstance(entities, list):
            raise DataFormatError(
                f"{place}: expected a text under {self.text!r} and a list under {self.entities!r}, found "
                f"{ {key: type(value).__name__ for key, value in record.items()} }; restore the file."
            )
        spans = []
        for entity in entities:
            if not isinstance(entity, list) or len(entity) < 4:
                raise DataFormatError(
                    f"{place}: expected [label, start, end, text, ...], found {entity!r}; restore the entity from the "
                    "original file."
                )
            label, start, end, repeated = entity[:4]
            spans.append(checked_span(text, label, start, end, repeated, place))
        return RawPassage(text, spans)


def checked_span(text: str, label: Any, start: Any, end: Any, repeated: Any, place: str) -> RawSpan:
    """Return an entity whose offsets give the text that its source repeats beside them.

    Args:
        text: of the passage.
        label: of the entity.
        start: offset of its first character.
        end: offset after its last character.
        repeated: its text.
        place: where errors say that it stands.

    Raises:
        DataFormatError: a value of another type, or offsets that give another text or none.
    """
    if not (isinstance(label, str) and isinstance(repeated, str) and type(start) is int and type(end) is int):
        raise DataFormatError(
            f"{place}: expected a label, two offsets and a text, found {[label, start, end, repeated]}; restore "
            "them from the original file."
        )
    found = text[start:end] if 0 <= start < end <= len(text) else ""
    if found != repeated or not found:
        raise DataFormatError(
            f"{place}: expected {repeated!r} at characters {start} to {end}, found {found!r}; restore the "
            "entity from the original file."
        )
    return RawSpan(label, start, end, place)
