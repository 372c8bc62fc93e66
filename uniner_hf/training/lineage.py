"""Which data sets a mixture was made of, and the settings and versions of a training, for the model's card."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from uniner_hf.benchmark.catalog import benchmark_sets, training_sets
from uniner_hf.builders.pile_ner import LICENCE, repository
from uniner_hf.cards.model_card import TrainingSource
from uniner_hf.training.conversation_sources import PUBLISHED

if TYPE_CHECKING:
    import datasets

    from uniner_hf.training.config import UniNERConfig

PACKAGES = ("uniner-hf", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
SETTINGS = (
    "num_train_epochs", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "learning_rate",
    "lr_scheduler_type", "warmup_steps", "weight_decay", "optim", "max_length", "bf16", "fp16", "seed",
    "question_attention", "negatives", "negatives_per_passage", "foreign_negatives_per_passage",
    "negative_frequency_power", "paraphrase_rate", "loss_on", "loss_vocabulary",
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
    ids = rows["id"] if "id" in rows.column_names else [""] * len(rows)
    counts = Counter(str(one).split("/")[0] for one in ids)
    unknown = sum(count for name, count in counts.items() if name not in known)
    sources = []
    for name, count in counts.most_common():
        if name in known:
            title, licence, homepage = known[name]
            sources.append(TrainingSource(title, count, licence, homepage))
    return sources + [TrainingSource("data of your own", unknown, "not stated")] * bool(unknown)


def training_settings(args: UniNERConfig) -> dict[str, Any]:
    """Return the settings that a card names."""
    return {name: getattr(args, name) for name in SETTINGS}


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that train."""
    from uniner_hf import __version__

    return {name: __version__ if name == "uniner-hf" else version(name) for name in PACKAGES}
