"""The training set of a recipe: several data sets, each asked only for the types that it annotates."""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from os import PathLike
from pathlib import Path
from typing import Any

import datasets
from datasets.exceptions import DatasetGenerationError
from datasets.fingerprint import generate_random_fingerprint

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.loading import load_benchmark
from uniner_hf.builders.ner_benchmark import PASSAGE_FEATURES
from uniner_hf.training.exclusions import Exclusions
from uniner_hf.training.joining import joined_passages
from uniner_hf.training.pattern_types import PatternTypes
from uniner_hf.training.set_options import SetOptions, read_options

logger = logging.getLogger(__name__)

_TYPES = datasets.List(datasets.Value("string"))
MIXTURE_FEATURES = datasets.Features({**PASSAGE_FEATURES, "types": _TYPES, "foreign_types": _TYPES})


def load_mixture(
    sets: Mapping[str, Mapping[str, Any]],
    data_dir: str | PathLike[str],
    *,
    type_groups: Mapping[str, list[str]] | None = None,
    unseen: Iterable[str] = (),
    joined: float = 0.0,
    left_out: Counter[str] | None = None,
) -> datasets.Dataset:
    """Return the passages of a recipe with `types` and `foreign_types`, the entity types that may be asked of each.

    The rows are streamed to a folder that is made anew each time and removed when the process ends. What is left out
    is counted by reason in the log.

    Args:
        sets: for each row of the catalogue, the arguments of its `SetOptions`.
        data_dir: folder of the original files.
        type_groups: lists of types by a name that `foreign_types` and `pattern_types` may use for them, default none.
        unseen: rows and splits, as `"crossner_ai/test"`, none of whose texts may be trained on; default none.
        joined: share of the passages that are joined with the next one of their set, default none.
        left_out: gets the number of passages left out, by `"set: reason"`; default: they are only logged.

    Raises:
        ValueError: an option, set, split or type that does not exist, or no passage is left.
        FileNotFoundError: a file is missing.

    Example:
        >>> load_mixture({"wnut17": {"splits": ["train"]}}, "data/raw")[0]["types"][:2]  # doctest: +SKIP
        ['corporation', 'creative work']
    """
    options = {name: read_options(name, given, type_groups or {}) for name, given in sets.items()}
    exclusions = Exclusions(text for name in unseen for text in _texts(name, data_dir))
    # Not in the cache of `datasets`: what is left out must be counted each time, and no cache can go stale.
    folder = Path(tempfile.mkdtemp(prefix="uniner-mixture-", dir=_cache_root()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        mixture = datasets.Dataset.from_generator(
            lambda: _passages(options, data_dir, exclusions, joined),
            features=MIXTURE_FEATURES,
            cache_dir=str(folder),
            fingerprint=generate_random_fingerprint(),
        )
    except DatasetGenerationError as error:
        raise (error.__cause__ or error) from None
    for reason, count in sorted(exclusions.counts.items()):
        logger.info("left out of the mixture: %d passages of %s", count, reason)
    if left_out is not None:
        left_out.update(exclusions.counts)
    return mixture


def _cache_root() -> Path:
    root = Path(datasets.config.HF_DATASETS_CACHE)
    root.mkdir(parents=True, exist_ok=True)
    return root


def _texts(name: str, data_dir: str | PathLike[str]) -> Iterator[str]:
    row, slash, split = name.partition("/")
    if not slash:
        raise ValueError(f"Expected a row and a split in unseen, such as 'crossner_ai/test'; found {name!r}.")
    yield from load_benchmark(row, split=split, data_dir=data_dir)["text"]


def _passages(
    options: Mapping[str, SetOptions], data_dir: str | PathLike[str], exclusions: Exclusions, joined: float
) -> Iterator[dict[str, Any]]:
    empty = True
    for name, set_options in options.items():
        for split in set_options.splits:
            rows = load_benchmark(name, split=split, data_dir=data_dir)
            for passage in joined_passages(_split_passages(name, split, set_options, rows, exclusions), joined):
                empty = False
                yield from repeat(passage, set_options.repeat)
    if empty:
        raise ValueError(f"Expected passages to train on, found none; left out were {dict(exclusions.counts)}.")


def _split_passages(
    name: str, split: str, options: SetOptions, rows: Iterable[Mapping[str, Any]], exclusions: Exclusions
) -> Iterator[dict[str, Any]]:
    """Yield the passages of a split that are trained on, with all that may be asked of them."""
    own = [kind for kind in find_row(name).entity_types(split) if kind not in options.left_out_types]
    unions = {union: parts for union, parts in options.unions.items() if set(parts) & set(own)}
    patterns = PatternTypes(options.pattern_types)
    for whole in rows:
        row = {**whole, "entities": [one for one in whole["entities"] if one["type"] in own]}
        if exclusions.leaves_out(row, name, options):
            continue
        gold = [one for one in row["entities"] if not options.named_only or one["text"] != one["text"].lower()]
        found, types = patterns.annotate(row["text"], gold)
        present = {one["type"] for one in gold}
        types += [kind for one, kinds in options.narrower.items() if one not in present for kind in kinds]
        entities = sorted([*gold, *_broader(gold, unions), *found], key=lambda one: (one["start"], one["end"]))
        yield {**row, "entities": entities, "types": [*own, *types], "foreign_types": options.foreign_types}


def _broader(gold: Iterable[Mapping[str, Any]], unions: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Yield each entity once more for each broader type that its own is a part of."""
    for entity in gold:
        for union, parts in unions.items():
            if entity["type"] in parts:
                yield {**entity, "type": union}
