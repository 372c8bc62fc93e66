"""The card of a model that was trained, from what its trainer knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import ModelCard
from peft import PeftModel

from uniner_hf.cards.model_card import model_card
from uniner_hf.decoding.adapted import without_adapters
from uniner_hf.training.lineage import (
    inherited_sources,
    package_versions,
    training_settings,
    training_sources,
    write_lineage,
)

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
    local = Path(base) if base and Path(base).is_dir() else None
    inherited = inherited_sources(local) if local else []
    card = model_card(
        model_name or (trainer.hub_model_id or folder.name).split("/")[-1],
        repository=trainer.hub_model_id or str(folder),
        usage=USAGE[args.template].format(dataset_name=_largest(passages)),
        base_model=base if base and not local else None,
        base_name=local.resolve().name if local else "",
        base_licence=_licence(local) if local else "",
        sources=[*sources, *inherited],
        settings={**training_settings(args), **_adapter_settings(trainer.model)},
        versions=package_versions(),
        steps=trainer.state.global_step,
        loss=mean_loss(trainer.state.log_history),
        kept_out=trainer.kept_out,
        adapters=isinstance(trainer.model, PeftModel),
        tags=tags,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(card, encoding="utf-8")
    write_lineage(folder, [*sources, *inherited], trainer.kept_out)


def mean_loss(history: Iterable[Mapping[str, Any]]) -> float | None:
    """Return the mean of the training's loss over its steps, None where none was logged.

    What transformers sums up at the end holds only the steps since the training last went on.

    Args:
        history: of the trainer's state; a loss is the mean of the steps since that before.

    Example:
        >>> mean_loss([{"step": 10, "loss": 2.0}, {"step": 30, "loss": 0.5}, {"step": 30, "train_loss": 9.0}])
        1.0
    """
    losses = {entry["step"]: float(entry["loss"]) for entry in history if "loss" in entry}
    if not losses:
        return next((float(entry["train_loss"]) for entry in history if "train_loss" in entry), None)
    steps = sorted(losses)
    spans = [after - before for before, after in zip([0, *steps], steps, strict=False)]
    total = sum(losses[step] * span for step, span in zip(steps, spans, strict=True))
    return float(total / steps[-1])


def _licence(folder: Path) -> str:
    card = folder / "README.md"
    return str(ModelCard.load(card).data.get("license") or "") if card.is_file() else ""


def _adapter_settings(model: Any) -> dict[str, Any]:
    if not isinstance(model, PeftModel):
        return {}
    lora: Any = model.active_peft_config
    four_bits = getattr(model.get_base_model(), "is_quantized", False)
    return {"method": "qlora" if four_bits else "lora", "lora_rank": lora.r, "lora_alpha": lora.lora_alpha}


def _largest(passages: datasets.Dataset) -> str:
    """Return the name of the data set with the most passages, as the dataset-specific template gives it."""
    ids = passages["id"] if "id" in passages.column_names else [""]
    return Counter(str(one).split("/")[0] for one in ids).most_common(1)[0][0]
