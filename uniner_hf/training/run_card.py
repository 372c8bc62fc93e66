"""The card of a model that was trained, from what its trainer knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peft import PeftModel

from uniner_hf.cards.model_card import model_card
from uniner_hf.decoding.adapted import without_adapters
from uniner_hf.training.lineage import package_versions, training_settings, training_sources, write_lineage

if TYPE_CHECKING:
    import datasets

    from uniner_hf.training.trainer import UniNERTrainer

# How the pipeline is asked as the model was trained, by the template of the training.
USAGE = {
    "conversation": 'entity_types=["person", "location"]',
    "dataset-specific": 'entity_types=["person", "location"], dataset_name="{dataset_name}"',
    "definition": 'entity_types={{"person": "a human being", "location": "a place"}}',
    "all-in-one": 'entity_types=["person", "location"], template="all-in-one", grounded=False',
}


def write_run_card(trainer: UniNERTrainer, model_name: str | None, tags: Sequence[str]) -> None:
    """Write the card of a trained model to the output folder, and what it was trained on to `training_data.json`.

    Args:
        trainer: that has trained it.
        model_name: default the name of the Hub repository or of the folder.
        tags: of the Hub.
    """
    args = trainer.args
    folder = Path(str(args.output_dir))
    config: Any = without_adapters(trainer.model).config
    dataset: Any = trainer.train_dataset
    base = config._name_or_path
    passages = dataset.passages()
    sources = training_sources(passages)
    logged = [entry["train_loss"] for entry in trainer.state.log_history if "train_loss" in entry]
    card = model_card(
        model_name or (trainer.hub_model_id or folder.name).split("/")[-1],
        repository=trainer.hub_model_id or str(folder),
        usage=USAGE[args.template].format(dataset_name=_largest(passages)),
        base_model=base if base and not Path(base).exists() else None,
        sources=sources,
        settings=training_settings(args),
        versions=package_versions(),
        steps=trainer.state.global_step,
        loss=logged[-1] if logged else None,
        kept_out=trainer.kept_out,
        adapters=isinstance(trainer.model, PeftModel),
        tags=tags,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(card, encoding="utf-8")
    write_lineage(folder, sources, trainer.kept_out)


def _largest(passages: datasets.Dataset) -> str:
    """Return the name of the data set with the most passages, as the dataset-specific template gives it."""
    ids = passages["id"] if "id" in passages.column_names else [""]
    return Counter(str(one).split("/")[0] for one in ids).most_common(1)[0][0]
