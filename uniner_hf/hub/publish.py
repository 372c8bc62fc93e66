"""Folders of trained models and of data sets as repositories on the Hub."""

from __future__ import annotations

import json
from pathlib import Path

from huggingface_hub import DatasetCard

from uniner_hf.benchmark.catalog import benchmark_sets, training_sets
from uniner_hf.cards.model_card import card_of
from uniner_hf.hub.export import push_folder, refuse_restricted
from uniner_hf.hub.uploads import upload

# What makes a model, and nothing of its training: checkpoints hold the state of the optimiser.
MODEL_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.jinja", "*.model", "*.txt", "README.md"]
TRAINING_FILES = ["checkpoint-*/*", "trainer_state.json", "training_args.bin"]


def push_model(folder: Path, repository: str, *, private: bool = False) -> str:
    """Upload a model, or adapters, with tokenizer and card, to a repository that is made where it does not exist.

    The card shows how to load the model by the name of the repository in the place of the folder.

    Args:
        folder: what `uniner-hf train` wrote.
        repository: `"organisation/name"`.
        private: make a new repository private, default no.

    Returns:
        The address of the repository.

    Raises:
        FileNotFoundError: the folder holds no model, or no card.
        ValueError: the base model of adapters is a folder of this machine.
        ConnectionError: the Hub cannot be reached.

    Example:
        >>> push_model(Path("outputs/mini"), "me/ner-mini")  # doctest: +SKIP
        'https://huggingface.co/me/ner-mini'
    """
    if not any(folder.glob("*.safetensors")):
        raise FileNotFoundError(
            f"Expected a model in {folder}, found no .safetensors file; name the output_dir of a training."
        )
    card = folder / "README.md"
    if not card.exists():
        raise FileNotFoundError(
            f"Expected a card in {folder}, found no README.md; write one that names the training data and its "
            "licences."
        )
    _refuse_a_base_in_a_folder(folder)
    shown = card_of(card.read_text(encoding="utf-8"), str(folder), repository)
    return upload(
        folder,
        repository,
        "model",
        private=private,
        allow=MODEL_FILES,
        ignore=TRAINING_FILES,
        replaced={"README.md": shown.encode()},
    )


def _refuse_a_base_in_a_folder(folder: Path) -> None:
    settings = folder / "adapter_config.json"
    base = json.loads(settings.read_text(encoding="utf-8"))["base_model_name_or_path"] if settings.exists() else None
    if base is not None and Path(base).exists():
        raise ValueError(
            f"Expected adapters whose base model has a Hub id, found the folder {base}, which nobody else has; write "
            f"its id into base_model_name_or_path of {settings}, or merge them (uniner-hf merge) and push the whole."
        )


def push_dataset(folder: Path, repository: str, *, private: bool = False) -> str:
    """Upload what `uniner-hf datasets export` wrote; sets that may not be passed on are refused.

    Args:
        folder: with parquet files and a card whose head names the configurations.
        repository: `"organisation/name"`.
        private: make a new repository private, default no.

    Returns:
        The address of the repository.

    Raises:
        FileNotFoundError: the folder holds no card.
        ValueError: the card names no configuration, or a set whose licence does not let anyone pass it on.
        ConnectionError: the Hub cannot be reached.
    """
    if not (folder / "README.md").exists():
        raise FileNotFoundError(
            f"Expected a data set with its card in {folder}, found no README.md; write it with uniner-hf datasets "
            "export."
        )
    configs = [one["config_name"] for one in DatasetCard.load(folder / "README.md").data.get("configs") or []]
    if not configs:
        raise ValueError(
            f"Expected configurations in the head of {folder / 'README.md'}, found none; write it with uniner-hf "
            "datasets export."
        )
    known = {row.name for one in (*benchmark_sets(), *training_sets()) for row in one.rows}
    refuse_restricted([name for name in configs if name in known])
    return push_folder(folder, repository, configs, private=private)
