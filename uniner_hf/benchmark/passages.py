"""The original files of a data set as annotated passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from uniner_hf.benchmark.catalog import BenchmarkRow
from uniner_hf.benchmark.readers.columns import entity_spans, read_columns
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.benchmark.readers.sentences import LabelledSentence
from uniner_hf.benchmark.readers.token_spans import TokenSpanFormat, read_token_spans
from uniner_hf.schema import AnnotatedPassage, Entity


def read_passages(
    row: BenchmarkRow, split: str, data_dir: Path, dropped: Counter[str] | None = None
) -> Iterator[AnnotatedPassage]:
    """Yield the passages of one split, in the order of its files.

    Args:
        row: the row of the catalogue.
        split: `"train"`, `"validation"` or `"test"`.
        data_dir: folder with one sub-folder of original files for each set.
        dropped: counts what the catalogue leaves out, by reason; default: it is not counted.

    Raises:
        FileNotFoundError: the split's files are not in the folder.
        ValueError: the row has no such split.
        DataFormatError: a line that the format does not allow, or a label that the catalogue does not know.
    """
    numbers = count()
    dropped = Counter() if dropped is None else dropped
    for path in split_files(row, split, data_dir):
        for sentence in _sentences(row, path, dropped):
            joined = " ".join(sentence.tokens)
            if any(mark in joined for mark in row.skip_sentences):
                dropped["sentences that are not text"] += 1
                continue
            entities = tuple(_entities(sentence, row, split, dropped))
            yield AnnotatedPassage(f"{row.name}/{split}/{next(numbers)}", _text(sentence), entities)


def split_files(row: BenchmarkRow, split: str, data_dir: Path) -> list[Path]:
    """Return the files of one split, sorted by name; raises as `read_passages` does."""
    if split not in row.files:
        raise ValueError(f"Expected a split of {row.name}, one of {', '.join(row.files)}; found {split!r}.")
    paths = sorted(data_dir.glob(row.files[split]))
    if not paths:
        raise FileNotFoundError(
            f"Expected the {split} file of {row.name} at {data_dir / row.files[split]}, found nothing there; "
            "name the folder that holds the original files with data_dir."
        )
    return paths


def _sentences(row: BenchmarkRow, path: Path, dropped: Counter[str]) -> Iterator[LabelledSentence]:
    if isinstance(row.layout, TokenSpanFormat):
        yield from read_token_spans(path, row.layout, dropped)
        return
    for tagged in read_columns(path, row.layout):
        spans = tuple(span for layer in tagged.layers for span in entity_spans(layer))
        yield LabelledSentence(tagged.tokens, spans, tuple(f"{path}:{line}" for line in tagged.lines))


def _text(sentence: LabelledSentence) -> str:
    return " ".join(filter(None, sentence.tokens))


def _entities(sentence: LabelledSentence, row: BenchmarkRow, split: str, dropped: Counter[str]) -> list[Entity]:
    """Return the entities of all layers in text order; one that several layers hold comes once."""
    text, starts = _text(sentence), _token_starts(sentence)
    entities = set()
    for label, first, after in sentence.spans:
        if label in row.dropped:
            dropped[f"mentions labelled {label}"] += 1
            continue
        entity_type = _entity_type(label, sentence.places[first], row, split)
        start, end = starts[first], starts[after - 1] + len(sentence.tokens[after - 1])
        entities.add(Entity(entity_type, text[start:end], start, end))
    return sorted(entities, key=lambda entity: (entity.start, entity.end, entity.type))


def _token_starts(sentence: LabelledSentence) -> list[int]:
    starts, length = [], 0
    for token in sentence.tokens:
        starts.append(length)
        length += len(token) + 1 if token else 0
    return starts


def _entity_type(label: str, place: str, row: BenchmarkRow, split: str) -> str:
    try:
        return row.labels[split][label]
    except KeyError:
        raise DataFormatError(
            f"{place}: expected a tag with one of the labels {', '.join(sorted(row.labels[split]))}, "
            f"found the label {label!r}; correct the line, or the labels of {row.name} in catalog.toml."
        ) from None
