"""What a recipe would train, told before it is carried out."""

from __future__ import annotations

from collections import Counter
from math import ceil, floor
from random import Random
from typing import Any

import torch
from peft import get_peft_model
from transformers import AutoModelForCausalLM, PretrainedConfig

from uniner_hf.training.config import UniNERConfig
from uniner_hf.training.dataset import IGNORED, ConversationDataset
from uniner_hf.training.memory import expected_memory
from uniner_hf.training.order import PackedSampler
from uniner_hf.training.recipe import RecipeArguments
from uniner_hf.training.run import run_data
from uniner_hf.training.starting_model import adapter_settings, starting_config, starting_tokenizer

SAMPLE = 256  # examples that the estimate of the tokens rests on


def plan(recipe: RecipeArguments, args: UniNERConfig) -> dict[str, Any]:
    """Return what a recipe would train; its data are read, no weights are loaded, nothing is written to `output_dir`.

    Args:
        recipe: model and data.
        args: settings of the trainer.

    Returns:
        `model`; `passages`, the number in an epoch by data set; `epochs`, `rows` of an epoch (of several conversations
        where they are packed) and optimiser `steps`; `tokens` and `learnt_tokens` (those with a label) over the whole
        training, estimated from a sample; `trainable_parameters`; `memory_gib`, what `uniner_hf.training.memory`
        expects.

    Example:
        >>> plan(*load_recipe("examples/train_mini.yaml"))["steps"]  # doctest: +SKIP
        9468
    """
    dataset = ConversationDataset(run_data(recipe, args).rows, starting_tokenizer(recipe), args)
    config = starting_config(recipe)
    rows = len(PackedSampler(dataset, args)) if args.packing else len(dataset)
    shares = floor if args.dataloader_drop_last else ceil
    batches = shares(shares(rows / args.train_batch_size) / args.world_size)
    steps_of_epoch = max(ceil(batches / args.gradient_accumulation_steps), 1)
    steps = args.max_steps if args.max_steps > 0 else ceil(args.num_train_epochs * steps_of_epoch)
    epochs = steps / steps_of_epoch
    tokens, learnt = _tokens_per_document(dataset)
    trained = _trainable_parameters(recipe, config)
    return {
        "model": recipe.model,
        "output_dir": args.output_dir,
        "passages": dict(Counter(passage_id.split("/")[0] for passage_id in dataset.passages()["id"])),
        "epochs": round(epochs, 2),
        "rows": rows,
        "steps": steps,
        "tokens": round(tokens * epochs * len(dataset)),
        "learnt_tokens": round(learnt * epochs * len(dataset)),
        "trainable_parameters": trained,
        "memory_gib": expected_memory(config, args, method=recipe.method, trained=trained),
    }


def _trainable_parameters(recipe: RecipeArguments, config: PretrainedConfig) -> int:
    with torch.device("meta"):
        model: Any = AutoModelForCausalLM.from_config(config)
        adapters = adapter_settings(recipe)
        if adapters is not None:
            model = get_peft_model(model, adapters)
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def _tokens_per_document(dataset: ConversationDataset) -> tuple[float, float]:
    """Return the mean number of tokens, and of those with a label, over a sample."""
    chosen = Random(0).sample(range(len(dataset)), min(SAMPLE, len(dataset)))
    labels = [dataset[index]["labels"] for index in chosen]
    learnt = sum(label != IGNORED for row in labels for label in row)
    return sum(map(len, labels)) / len(chosen), learnt / len(chosen)
