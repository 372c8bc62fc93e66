"""Adapters on a frozen model, which is packed in four bits for QLoRA."""

from __future__ import annotations

from typing import Any

import torch
from bitsandbytes.nn.modules import Linear4bit
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, PreTrainedModel

METHODS = ("full", "lora", "qlora")


def lora_config(rank: int, alpha: int, dropout: float, modules: str | list[str]) -> LoraConfig:
    """Return the settings of adapters for a causal language model.

    Args:
        rank: of the two matrices of each adapter.
        alpha: an adapter's output is multiplied by `alpha / rank`.
        dropout: share of the inputs that is left out while training.
        modules: names of the layers that get one, or `"all-linear"` for all but the head.

    Example:
        >>> lora_config(16, 32, 0.05, "all-linear").r
        16
    """
    return LoraConfig(
        r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules=modules, task_type="CAUSAL_LM", bias="none"
    )


def four_bit_settings() -> BitsAndBytesConfig:
    """Return how a model is packed in four bits: NF4 with its constants quantised once more.

    It is computed in bfloat16, on a CPU in float32.

    Source: Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs, NeurIPS 2023, sections 2 and 3.

    Example:
        >>> four_bit_settings().bnb_4bit_quant_type
        'nf4'
    """
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=_dtype(),
    )


def four_bit_model(name: str) -> PreTrainedModel:
    """Load a model in four bits, as `four_bit_settings` says.

    Args:
        name: Hub id or folder.
    """
    place: Any = {"": torch.cuda.current_device() if torch.cuda.is_available() else "cpu"}
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        name, quantization_config=four_bit_settings(), dtype=_dtype(), device_map=place
    )
    for module in model.modules():
        if isinstance(module, Linear4bit):
            # Else a CPU with AVX-512 packs the weights anew for an evaluation, and the training goes on with others.
            module.support_avx512bf16_for_cpu = False
    return model


def train_in_single_precision(model: PeftModel) -> None:
    """Have adapters trained in float32, as PEFT loads them, so that what is trained is what is loaded.

    TRL puts those on a quantised model into bfloat16, in which small steps are lost.

    Args:
        model: with adapters, the only weights that ask for gradients.
    """
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()


def _dtype() -> torch.dtype:
    return torch.bfloat16 if torch.cuda.is_available() else torch.float32
