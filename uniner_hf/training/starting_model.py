"""The model that a recipe starts from: its shape and its tokenizer, and at last its weights."""

from __future__ import annotations

from pathlib import Path
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


def source_of(recipe: RecipeArguments) -> str:
    """Return the Hub id of a recipe's model, or its folder by a path that holds wherever a program is started.

    Raises:
        FileNotFoundError: what can only be a folder is none.
    """
    folder = Path(recipe.model)
    if folder.is_dir():
        return str(folder.resolve())
    if recipe.model.startswith((".", "/", "~")) or recipe.model.count("/") > 1:
        raise FileNotFoundError(
            f"Expected a model at {recipe.model}, found no such folder; correct model, a folder or a Hub id."
        )
    return recipe.model


def starting_tokenizer(recipe: RecipeArguments) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a recipe's model; that of a published checkpoint as it was trained."""
    tokenizer: Any = AutoTokenizer.from_pretrained(source_of(recipe))
    made: PreTrainedTokenizerBase = template_tokenizer(tokenizer) if recipe.warm_start else as_trained(tokenizer)
    return made


def starting_config(recipe: RecipeArguments) -> PretrainedConfig:
    """Return the shape of a recipe's model, without loading any weights."""
    config: PretrainedConfig = AutoConfig.from_pretrained(source_of(recipe))
    return decoder_config(config, starting_tokenizer(recipe)) if recipe.warm_start else config


def starting_model(recipe: RecipeArguments) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a recipe's model and its tokenizer."""
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    if recipe.warm_start:
        model, tokenizer = decoder_from_encoder(source_of(recipe))
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
        return four_bit_model(source_of(recipe))
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(source_of(recipe), dtype=torch.float32)
    return model
