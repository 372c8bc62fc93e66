"""The passages of a data set as they are trained on, with all that may be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from os import PathLike
from typing import Any

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.loading import load_benchmark
from uniner_hf.training.exclusions import Exclusions
from uniner_hf.training.joining import joined_passages
from uniner_hf.training.pattern_types import PatternTypes
from uniner_hf.training.sampling import sampled
from uniner_hf.training.set_options import SetOptions


def set_passages(
    name: str,
    options: SetOptions,
    data_dir: str | PathLike[str] | None,
    exclusions: Exclusions,
    *,
    joined: float,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Yield the passages of a set, each once.

    Args:
        name: a row of the catalogue.
        options: how it enters the mixture.
        data_dir: folder of the original files, None to download them.
        exclusions: decides what is left out, and counts it.
        joined: share of the passages that are joined with the next one of their split.
        seed: of the sample that `max_passages` asks for.
    """
    rows: Iterable[Mapping[str, Any]] = _annotated_passages(name, options, data_dir, exclusions)
    if options.max_passages is not None:
        rows = sampled(rows, options.max_passages, seed, exclusions.counts, f"{name}: beyond max_passages")
    for _, of_split in groupby(rows, key=lambda row: row["id"].split("/")[1]):
        yield from joined_passages(of_split, joined)


def _annotated_passages(
    name: str, options: SetOptions, data_dir: str | PathLike[str] | None, exclusions: Exclusions
) -> Iterator[dict[str, Any]]:
    for split in options.splits:
        rows = load_benchmark(name, split=split, data_dir=data_dir)
        own = [kind for kind in find_row(name).entity_types(split) if kind not in options.left_out_types]
        unions = {union: parts for union, parts in options.unions.items() if set(parts) & set(own)}
        patterns = PatternTypes(options.pattern_types)
        for whole in rows:
            row = {**whole, "entities": [one for one in whole["entities"] if one["type"] in own]}
            if not exclusions.leaves_out(row, name, options):
                yield _asked(row, own, unions, patterns, options)


def _asked(
    row: dict[str, Any],
    own: list[str],
    unions: Mapping[str, list[str]],
    patterns: PatternTypes,
    options: SetOptions,
) -> dict[str, Any]:
    """Return a passage with the mentions that the options add, and the types that may be asked of it."""
    gold = [one for one in row["entities"] if not options.named_only or one["text"] != one["text"].lower()]
    found, types = patterns.annotate(row["text"], gold)
    present = {one["type"] for one in gold}
    types += [kind for one, kinds in options.narrower.items() if one not in present for kind in kinds]
    entities = sorted([*gold, *_broader(gold, unions), *found], key=lambda one: (one["start"], one["end"]))
    return {**row, "entities": entities, "types": [*own, *types], "foreign_types": options.foreign_types}


def _broader(gold: Iterable[Mapping[str, Any]], unions: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Yield each entity once more for each broader type that its own is a part of."""
    for entity in gold:
        for union, parts in unions.items():
            if entity["type"] in parts:
                yield {**entity, "type": union}
