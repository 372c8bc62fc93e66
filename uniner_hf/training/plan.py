"""What a recipe would train, told before it is carried out."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from uniner_hf.decoding.adapted import without_adapters
from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.dataset import IGNORED, ConversationDataset
from uniner_hf.training.memory import expected_memory
from uniner_hf.training.recipe import RecipeArguments, make_trainer

SAMPLE = 256  # examples that the estimate of the tokens rests on


def plan(recipe: RecipeArguments, args: UniNERConfig) -> dict[str, Any]:
    """Return what a recipe would train; model and data are loaded, nothing is written to `args.output_dir`.

    Args:
        recipe: model and data.
        args: settings of the trainer.

    Returns:
        `model`; `passages`, the number in an epoch by data set; `epochs` and optimiser `steps`; `tokens` and
        `learnt_tokens` (those with a label) over the whole training, estimated from a sample; `trainable_parameters`;
        `memory_gib`, what `uniner_hf.training.memory` expects.

    Example:
        >>> plan(*load_recipe("examples/train_mini.yaml"))["steps"]  # doctest: +SKIP
        11155
    """
    trainer = make_trainer(recipe, args)
    dataset: Any = trainer.train_dataset
    values = trainer.set_initial_training_values(trainer.args, trainer.get_train_dataloader())
    steps, epochs = values[-1], values[-1] / values[1]
    tokens, learnt = _tokens_per_document(dataset)
    return {
        "model": recipe.model,
        "output_dir": args.output_dir,
        "passages": dict(Counter(passage_id.split("/")[0] for passage_id in dataset.passages()["id"])),
        "epochs": round(epochs, 2),
        "steps": steps,
        "tokens": round(tokens * epochs * len(dataset)),
        "learnt_tokens": round(learnt * epochs * len(dataset)),
        "trainable_parameters": trainer.get_num_trainable_parameters(),
        "memory_gib": expected_memory(
            without_adapters(trainer.model).config, args, method=recipe.method, lora_rank=recipe.lora_rank
        ),
    }


def _tokens_per_document(dataset: ConversationDataset) -> tuple[float, float]:
    """Return the mean number of tokens, and of those with a label, over a sample."""
    chosen = Random(0).sample(range(len(dataset)), min(SAMPLE, len(dataset)))
    labels = [dataset[index]["labels"] for index in chosen]
    learnt = sum(label != IGNORED for row in labels for label in row)
    return sum(map(len, labels)) / len(chosen), learnt / len(chosen)
