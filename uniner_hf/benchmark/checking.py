"""The integrity of data sets: offsets, duplicates, labels, and counts against the catalogue and the paper."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from uniner_hf.benchmark.catalog import BenchmarkRow
from uniner_hf.benchmark.passages import read_passages, splits_here
from uniner_hf.schema import AnnotatedPassage


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What was found in one split.

    Args:
        row: name of the row.
        split: name of the split.
        passages: how many it has.
        mentions: how many it has, those left out not counted.
        dropped: what the catalogue leaves out, by reason.
        repeated: passages whose text came before in the same split.
        shared: passages whose text stands in an earlier split, by that split's name.
        unused: entity types of the catalogue without a mention in this split.
        problems: what is wrong: counts that differ from the catalogue's, a difference from the paper that the
            catalogue does not explain, a mention that is not the text at its offsets.
        explained: differences from the paper that the catalogue explains.
    """

    row: str
    split: str
    passages: int
    mentions: int
    dropped: dict[str, int]
    repeated: int
    shared: dict[str, int]
    unused: list[str]
    problems: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)


def check_row(row: BenchmarkRow, data_dir: Path) -> Iterator[SplitReport]:
    """Read every split of a row that is in the folder and yield what is found.

    Memory holds 16 bytes a passage, to know texts that come again.

    Args:
        row: of the catalogue.
        data_dir: folder with one sub-folder of original files for each set.

    Raises:
        DataFormatError: content that the format does not allow, or a label that the catalogue does not know.

    Example:
        >>> [report.problems for report in check_row(find_row("crossner_ai"), Path("data/raw"))]  # doctest: +SKIP
        [[], [], []]
    """
    seen: dict[str, set[bytes]] = {}
    for split in splits_here(row, data_dir):
        yield _check_split(row, split, data_dir, seen)


def _check_split(row: BenchmarkRow, split: str, data_dir: Path, seen: dict[str, set[bytes]]) -> SplitReport:
    dropped, shared, unused = Counter[str](), Counter[str](), dict.fromkeys(row.entity_types(split))
    own: set[bytes] = set()
    passages = mentions = repeated = 0
    problems: list[str] = []
    for passage in read_passages(row, split, data_dir, dropped):
        passages, mentions = passages + 1, mentions + len(passage.entities)
        digest = hashlib.blake2b(passage.text.encode(), digest_size=16).digest()
        repeated += digest in own
        own.add(digest)
        shared.update(name for name, texts in seen.items() if digest in texts)
        for entity in passage.entities:
            unused.pop(entity.type, None)
        problems += _wrong_offsets(passage)
    seen[split] = own
    counted, explained = _compare(row, split, passages, mentions)
    return SplitReport(
        row.name, split, passages, mentions, dict(dropped), repeated, dict(shared), list(unused), problems + counted,
        explained,
    )  # fmt: skip


def _wrong_offsets(passage: AnnotatedPassage) -> Iterator[str]:
    for entity in passage.entities:
        if not entity.text.strip() or passage.text[entity.start : entity.end] != entity.text:
            yield f"{passage.id}: expected a mention at {entity.start}-{entity.end}, found {entity.text!r}"


def _compare(row: BenchmarkRow, split: str, passages: int, mentions: int) -> tuple[list[str], list[str]]:
    """Return the problems of the counts, and the differences from the paper that the catalogue explains."""
    if split in row.sizes and row.sizes[split] != (passages, mentions):
        expected = "{} passages and {} mentions".format(*row.sizes[split])
        return [
            f"expected {expected}, found {passages} and {mentions}: not the files that the catalogue describes"
        ], []
    here = {"passages": passages, "entity types": len(row.entity_types(split))}
    reported = {"passages": row.table6.get(split, passages), "entity types": row.table6_types or here["entity types"]}
    different = [f"{reported[what]} {what} and not {here[what]}" for what in here if here[what] != reported[what]]
    if not different:
        return [], []
    difference = f"Table 6 of the paper has {' and '.join(different)}"
    if row.differences:
        return [], [f"{difference}: {row.differences}"]
    return [f"{difference}: the catalogue does not say why"], []
