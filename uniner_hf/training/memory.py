"""How much memory a training will take, reckoned from the shape of the model."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import AutoModelForCausalLM, PretrainedConfig

from uniner_hf.training.config import UniNERConfig

FOUR_BITS = 0.5 + 0.127 / 8  # bytes a weight: NF4, and its constants quantised once more (QLoRA, section 3)
GIB = 2**30


def expected_memory(config: PretrainedConfig, args: UniNERConfig, *, method: str, trained: int) -> dict[str, float]:
    """Return the GiB that a training is expected to take at its fullest batch.

    Activations are reckoned after Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models,
    2022, section 4, without the scores of attention, which SDPA does not keep: 34 bytes a token, layer and hidden
    unit, or with checkpointing 2, and 34 for the one layer that is computed again. What the allocator wastes, and what
    the libraries take, comes on top: one to two GiB on a GPU.

    Args:
        config: of the model.
        args: settings of the trainer: batch size, `max_length`, optimiser, checkpointing.
        method: `"full"`, `"lora"` or `"qlora"`.
        trained: how many parameters are trained: all of the model's, or those of the adapters.

    Returns:
        `weights`, `gradients`, `optimiser`, `activations`, `logits` and `total`.
    """
    shape: Any = config.get_text_config()
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    whole = sum(parameter.numel() for parameter in model.parameters())
    head = model.get_output_embeddings()
    in_layers = sum(one.weight.numel() for one in model.modules() if isinstance(one, nn.Linear) and one is not head)
    kept = 4 * whole
    if method == "qlora":
        kept = round(FOUR_BITS * in_layers) + 2 * (whole - in_layers)
    tokens = args.per_device_train_batch_size * (args.max_length or shape.max_position_embeddings)
    units = tokens * shape.hidden_size
    layer_count = shape.num_hidden_layers
    parts = {
        "weights": kept + (0 if method == "full" else 4 * trained),
        "gradients": 4 * trained,
        "optimiser": trained * (2 if "8bit" in str(args.optim).lower() else 8),
        "activations": units * (2 * layer_count + 34 if args.activation_checkpointing else 34 * layer_count),
        "logits": 2 * 4 * tokens * shape.vocab_size,  # and their gradient
    }
    return {name: round(size / GIB, 2) for name, size in (*parts.items(), ("total", sum(parts.values())))}
