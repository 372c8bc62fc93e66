"""The original files of a data set as annotated passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from uniner_hf.benchmark.catalog import BenchmarkRow
from uniner_hf.benchmark.editions import Edition, UpstreamRules, as_published
from uniner_hf.benchmark.readers.errors import DataFormatError, unlike_catalogue
from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan, SplitFiles
from uniner_hf.schema import AnnotatedPassage, Entity


def read_passages(
    row: BenchmarkRow,
    split: str,
    data_dir: Path,
    dropped: Counter[str] | None = None,
    edition: Edition = "original",
) -> Iterator[AnnotatedPassage]:
    """Yield the passages of one split, in the order of its files.

    Args:
        row: the row of the catalogue.
        split: `"train"`, `"validation"` or `"test"`.
        data_dir: folder with one sub-folder of original files for each set.
        dropped: counts what the catalogue leaves out, by reason; default: it is not counted.
        edition: `"original"` (default) or `"upstream"`, the authors' published evaluation files.

    Raises:
        FileNotFoundError: the split's files are not in the folder.
        ValueError: the row has no such split, or was not published in the upstream edition.
        DataFormatError: a line that the format does not allow, or a label that the catalogue does not know.
    """
    dropped = Counter() if dropped is None else dropped
    if edition == "upstream":
        rules = _upstream_rules(row)
        if rules.labels:
            row = replace(row, labels=dict.fromkeys(row.labels, rules.labels))
        yield from as_published(_passages(row, split, data_dir, dropped), rules)
    else:
        yield from _passages(row, split, data_dir, dropped)


def _passages(row: BenchmarkRow, split: str, data_dir: Path, dropped: Counter[str]) -> Iterator[AnnotatedPassage]:
    files = SplitFiles(data_dir, split, split_files(row, split, data_dir))
    for number, raw in enumerate(row.reader.read(files, dropped)):
        entities = tuple(_entities(raw, row, split, dropped))
        yield AnnotatedPassage(f"{row.name}/{split}/{number}", raw.text, entities)


def splits_here(row: BenchmarkRow, data_dir: Path) -> list[str]:
    """Return the splits of a row whose original files are in the folder."""
    return [split for split, pattern in row.files.items() if any(data_dir.glob(pattern))]


def split_files(row: BenchmarkRow, split: str, data_dir: Path) -> list[Path]:
    """Return the files of one split, sorted by name; raises as `read_passages` does."""
    if split not in row.files:
        raise ValueError(
            f"Expected a split of {row.name}, one of {', '.join(row.files)}, found {split!r}; ask for one of them."
        )
    paths = sorted(data_dir.glob(row.files[split]))
    if not paths:
        raise FileNotFoundError(
            f"Expected the {split} file of {row.name} at {data_dir / row.files[split]}, found nothing there; "
            "name the folder that holds the original files with data_dir."
        )
    return paths


def _upstream_rules(row: BenchmarkRow) -> UpstreamRules:
    if row.upstream is None:
        raise ValueError(
            f"Expected edition='original' for {row.name}, found 'upstream': the authors published no evaluation file "
            "of it that its rules could be taken from; ask for the original edition."
        )
    return row.upstream


def _entities(raw: RawPassage, row: BenchmarkRow, split: str, dropped: Counter[str]) -> list[Entity]:
    """Return the entities in text order; one that comes several times, as nested annotation has it, comes once."""
    entities = set()
    for span in raw.spans:
        if span.label in row.dropped:
            dropped[f"mentions labelled {span.label}"] += 1
            continue
        entity_type = _entity_type(span, row, split)
        entities.add(Entity(entity_type, raw.text[span.start : span.end], span.start, span.end))
    return sorted(entities, key=lambda entity: (entity.start, entity.end, entity.type))


def _entity_type(span: RawSpan, row: BenchmarkRow, split: str) -> str:
    try:
        return row.labels[split][span.label]
    except KeyError:
        raise DataFormatError(
            f"{span.place}: expected a tag with one of the labels {', '.join(sorted(row.labels[split]))}, "
            f"found the label {span.label!r}; {unlike_catalogue('label')}"
        ) from None
