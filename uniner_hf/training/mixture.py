"""The training set of a recipe: annotated passages, asked only for the types of their source, and conversations."""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from os import PathLike
from pathlib import Path
from typing import Any

import datasets
from datasets.exceptions import DatasetGenerationError
from datasets.fingerprint import generate_random_fingerprint

from uniner_hf.benchmark.loading import load_benchmark
from uniner_hf.benchmark.split_names import read_split_name
from uniner_hf.builders.conversation_features import CONVERSATION_FEATURES
from uniner_hf.builders.ner_benchmark import PASSAGE_FEATURES
from uniner_hf.training.conversation_sources import ConversationOptions, conversation_rows, read_conversation_options
from uniner_hf.training.exclusions import Exclusions
from uniner_hf.training.passage_sources import PassageOptions, passage_rows, read_passage_options
from uniner_hf.training.sampling import copies
from uniner_hf.training.set_options import SetOptions, read_options
from uniner_hf.training.set_passages import set_passages

logger = logging.getLogger(__name__)

_TYPES = datasets.List(datasets.Value("string"))
MIXTURE_FEATURES = datasets.Features({**PASSAGE_FEATURES, "types": _TYPES, "foreign_types": _TYPES})
MIXED_FEATURES = datasets.Features({**MIXTURE_FEATURES, "messages": CONVERSATION_FEATURES["messages"]})


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a mixture is made of: `sets`, `passages` and `conversations` by name, in this order."""

    sets: Mapping[str, SetOptions]
    passages: Mapping[str, PassageOptions]
    conversations: Mapping[str, ConversationOptions]
    data_dir: str | PathLike[str] | None
    joined: float
    seed: int


def load_mixture(
    sets: Mapping[str, Mapping[str, Any]],
    data_dir: str | PathLike[str] | None,
    *,
    passages: Mapping[str, Mapping[str, Any]] | None = None,
    conversations: Mapping[str, Mapping[str, Any] | None] | None = None,
    type_groups: Mapping[str, list[str]] | None = None,
    unseen: Iterable[str] = (),
    joined: float = 0.0,
    max_passages: int | None = None,
    seed: int = 0,
    left_out: Counter[str] | None = None,
) -> datasets.Dataset:
    """Return the passages of a recipe with `types` and `foreign_types`, the entity types that may be asked of each.

    Where the recipe names conversations as well, the rows have a column `messages`: the turns of a conversation, null
    in a passage. The row of a conversation has the passage as `text`, and no entities nor types.

    The rows are streamed to a folder that is made anew each time and removed when the process ends. What is left out
    is counted by reason in the log.

    Args:
        sets: for each row of the catalogue, the arguments of its `SetOptions`.
        data_dir: folder of the original files, None to download them.
        passages: of one's own; for each source, the arguments of its `PassageOptions`; default none.
        conversations: for each source, the arguments of its `ConversationOptions`; default none.
        type_groups: lists of types by a name that `foreign_types` and `pattern_types` may use for them, default none.
        unseen: rows and splits, as `"crossner_ai/test"`, none of whose texts may be trained on; default none.
        joined: share of the passages that are joined with the next one of their set or source, default none.
        max_passages: of each set that names no number itself, default all.
        seed: of the samples that `max_passages` and `weight` ask for, default 0.
        left_out: gets the number of passages left out, by `"set: reason"`; default: they are only logged.

    Raises:
        ValueError: an option, set, split or type that does not exist, a row that is no passage or no conversation, or
            no row is left of a source.
        FileNotFoundError: a file is missing.

    Example:
        >>> load_mixture({"wnut17": {"splits": ["train"]}}, "data/raw")[0]["types"][:2]  # doctest: +SKIP
        ['corporation', 'creative work']
    """
    capped = {name: {"max_passages": max_passages, **given} for name, given in sets.items()}
    sources = _Sources(
        {name: read_options(name, given, type_groups or {}) for name, given in capped.items()},
        {name: read_passage_options(name, given, type_groups or {}) for name, given in (passages or {}).items()},
        {name: read_conversation_options(name, given) for name, given in (conversations or {}).items()},
        data_dir,
        joined,
        seed,
    )
    exclusions = Exclusions(text for name in unseen for text in _texts(name, data_dir))
    mixture = _streamed(sources, exclusions)
    for reason, count in sorted(exclusions.counts.items()):
        logger.info("left out of the mixture: %d passages of %s", count, reason)
    if left_out is not None:
        left_out.update(exclusions.counts)
    return mixture


def _streamed(sources: _Sources, exclusions: Exclusions) -> datasets.Dataset:
    """Return the rows of all sources, written to a folder of their own."""
    # Not in the cache of `datasets`: what is left out must be counted each time, and no cache can go stale.
    folder = Path(tempfile.mkdtemp(prefix="uniner-mixture-", dir=_cache_root()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        rows: datasets.Dataset = datasets.Dataset.from_generator(
            lambda: _rows(sources, exclusions),
            features=MIXED_FEATURES if sources.conversations else MIXTURE_FEATURES,
            cache_dir=str(folder),
            fingerprint=generate_random_fingerprint(),
        )
    except DatasetGenerationError as error:
        raise (error.__cause__ or error) from None
    return rows


def _cache_root() -> Path:
    root = Path(datasets.config.HF_DATASETS_CACHE)
    root.mkdir(parents=True, exist_ok=True)
    return root


def _texts(name: str, data_dir: str | PathLike[str] | None) -> Iterator[str]:
    row, split = read_split_name(name)
    yield from load_benchmark(row.name, split=split, data_dir=data_dir)["text"]


def _rows(sources: _Sources, exclusions: Exclusions) -> Iterator[dict[str, Any]]:
    more = {"messages": None} if sources.conversations else {}
    for name, of_set in sources.sets.items():
        passages = set_passages(name, of_set, sources.data_dir, exclusions, joined=sources.joined, seed=sources.seed)
        for row in _weighted(name, passages, of_set.weight, sources.seed, exclusions):
            yield {**row, **more}
    for name, of_own in sources.passages.items():
        passages = passage_rows(name, of_own, exclusions, joined=sources.joined, seed=sources.seed)
        for row in _weighted(name, passages, of_own.weight, sources.seed, exclusions):
            yield {**row, **more}
    for name, of_source in sources.conversations.items():
        rows = conversation_rows(name, of_source, sources.data_dir, exclusions, seed=sources.seed)
        yield from _weighted(name, rows, of_source.weight, sources.seed, exclusions)


def _weighted(
    name: str, rows: Iterable[dict[str, Any]], weight: float, seed: int, exclusions: Exclusions
) -> Iterator[dict[str, Any]]:
    """Yield each row as often as the weight of its source asks for."""
    empty = True
    for row in rows:
        count = copies(row["id"], weight, seed)
        if count == 0:
            exclusions.counts[f"{name}: weight below 1"] += 1
        empty = empty and count == 0
        yield from repeat(row, count)
    if empty:
        counts = {why: count for why, count in exclusions.counts.items() if why.startswith(f"{name}:")}
        raise ValueError(
            f"Expected passages to train on in {name}, found none, left out were {counts}; change its options, or "
            "remove it."
        )
