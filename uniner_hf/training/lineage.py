"""Which data sets a mixture was made of, and the settings and versions of a training, for the model's card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uniner_hf.benchmark.catalog import benchmark_sets, training_sets
from uniner_hf.builders.pile_ner import LICENCE, repository
from uniner_hf.cards.model_card import KeptOut, TrainingSource
from uniner_hf.training.conversation_sources import PUBLISHED
from uniner_hf.training.exclusions import UNSEEN

if TYPE_CHECKING:
    import datasets

    from uniner_hf.training.config import UniNERConfig

LINEAGE_FILE = "training_data.json"
PACKAGES = ("uniner-hf", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
SETTINGS = (
    "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "learning_rate",
    "lr_scheduler_type", "warmup_steps", "weight_decay", "optim", "max_length", "bf16", "fp16", "seed",
    "packing", "template", "question_attention", "negatives", "negatives_per_passage", "negatives_ratio",
    "foreign_negatives_per_passage", "negative_frequency_power", "paraphrase_rate", "loss_on", "loss_vocabulary",
)  # fmt: skip


def training_sources(rows: datasets.Dataset) -> list[TrainingSource]:
    """Return the data sets of a mixture, those with the most passages first.

    Args:
        rows: passages or conversations; an id begins with the name of a row of the catalogue, as those of
            `load_benchmark` do, or with that of Pile-NER in a recipe.

    Example:
        >>> import datasets
        >>> rows = datasets.Dataset.from_dict({"id": ["wnut17/train/0", "wnut17/train/1", "mine-7"]})
        >>> [(source.title, source.passages) for source in training_sources(rows)]
        [('WNUT 2017 emerging entities', 2), ('data of your own', 1)]
    """
    known = {
        row.name: (one.title, one.licence, one.homepage)
        for one in (*benchmark_sets(), *training_sets())
        for row in one.rows
    }
    for name, variant in PUBLISHED.items():
        known[name] = (f"Pile-NER-{variant}", LICENCE, f"https://huggingface.co/datasets/{repository(variant)}")
    # A weight above 1 brings a passage several times, under one id.
    ids = set(rows["id"]) if "id" in rows.column_names else range(len(rows))
    counts = Counter(str(one).split("/")[0] if isinstance(one, str) else "" for one in ids)
    unknown = sum(count for name, count in counts.items() if name not in known)
    sources = []
    for name, count in counts.most_common():
        if name in known:
            title, licence, homepage = known[name]
            sources.append(TrainingSource(title, count, licence, homepage, name))
    return sources + [TrainingSource("data of your own", unknown, "not stated")] * bool(unknown)


def training_settings(args: UniNERConfig) -> dict[str, Any]:
    """Return the settings that a card names."""
    values = {name: getattr(args, name) for name in SETTINGS}
    return {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}


def package_versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return the versions of packages, by default of those that train."""
    from uniner_hf import __version__

    return {name: __version__ if name == "uniner-hf" else version(name) for name in packages}


def kept_out(unseen: Sequence[str], left_out: Mapping[str, int]) -> KeptOut | None:
    """Return what a card says of texts that were kept out, None where a recipe names none.

    Args:
        unseen: rows and splits, as in a recipe.
        left_out: passages that a mixture left out, by `"set: reason"`.

    Example:
        >>> kept_out(["ncbi/test"], {"wnut17: text kept for evaluation": 3, "wnut17: duplicate": 9})
        KeptOut(splits=['ncbi/test'], passages=3)
    """
    if not unseen:
        return None
    return KeptOut(list(unseen), sum(count for why, count in left_out.items() if why.endswith(f": {UNSEEN}")))


def write_lineage(folder: Path, sources: Sequence[TrainingSource], kept: KeptOut | None) -> None:
    """Write what a model was trained on beside it, for programs; its card says the same."""
    said = {"sources": [asdict(source) for source in sources], "kept_out": asdict(kept) if kept else None}
    (folder / LINEAGE_FILE).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def inherited_sources(base: Path) -> list[TrainingSource]:
    """Return what a model in a folder was trained on itself, as `training_data.json` there says; else nothing.

    Args:
        base: folder of the model that a training starts from.
    """
    file = base / LINEAGE_FILE
    if not file.is_file():
        return []
    said = json.loads(file.read_text(encoding="utf-8"))["sources"]
    return [TrainingSource(**{**source, "inherited": True}) for source in said]


def trained_rows(folder: Path) -> set[str] | None:
    """Return the rows of the catalogue that a model was trained on, None where its folder does not say.

    Data that are not in the catalogue are the row `""`.
    """
    file = folder / LINEAGE_FILE
    if not file.is_file():
        return None
    return {source["row"] for source in json.loads(file.read_text(encoding="utf-8"))["sources"]}
