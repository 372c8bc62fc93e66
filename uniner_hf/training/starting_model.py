"""The model that a recipe starts from: its shape and its tokenizer, and at last its weights."""

from __future__ import annotations

from typing import Any

import torch
from peft import LoraConfig
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from uniner_hf.decoding.published import as_trained
from uniner_hf.training.adapters import four_bit_model, lora_config
from uniner_hf.training.recipe import RecipeArguments
from uniner_hf.training.warm_start import decoder_config, decoder_from_encoder, template_tokenizer


def starting_tokenizer(recipe: RecipeArguments) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a recipe's model; that of a published checkpoint as it was trained."""
    tokenizer: Any = AutoTokenizer.from_pretrained(recipe.model)
    made: PreTrainedTokenizerBase = template_tokenizer(tokenizer) if recipe.warm_start else as_trained(tokenizer)
    return made


def starting_config(recipe: RecipeArguments) -> PretrainedConfig:
    """Return the shape of a recipe's model, without loading any weights."""
    config: PretrainedConfig = AutoConfig.from_pretrained(recipe.model)
    return decoder_config(config, starting_tokenizer(recipe)) if recipe.warm_start else config


def starting_model(recipe: RecipeArguments) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a recipe's model and its tokenizer."""
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    if recipe.warm_start:
        model, tokenizer = decoder_from_encoder(recipe.model)
    else:
        model, tokenizer = _loaded(recipe), starting_tokenizer(recipe)
    if recipe.attn_implementation is not None:
        model.set_attn_implementation(recipe.attn_implementation)
    return model, tokenizer


def adapter_settings(recipe: RecipeArguments) -> LoraConfig | None:
    """Return the settings of a recipe's adapters, None where every weight is trained."""
    if recipe.method == "full":
        return None
    return lora_config(recipe.lora_rank, recipe.lora_alpha, recipe.lora_dropout, recipe.lora_modules)


def _loaded(recipe: RecipeArguments) -> PreTrainedModel:
    if recipe.method == "qlora":
        return four_bit_model(recipe.model)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(recipe.model, dtype=torch.float32)
    return model
