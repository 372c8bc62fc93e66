"""Trained adapters merged into their base model: one folder that any program for language models can load."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from peft import PeftModel
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PretrainedConfig

from uniner_hf.cards.model_card import merged_card
from uniner_hf.training.generation_settings import generate_as_trained
from uniner_hf.training.lineage import LINEAGE_FILE

logger = logging.getLogger(__name__)

ADAPTER_FILES = ["adapter_config.json", "adapter_model*.safetensors*", "*.json", "*.jinja", "*.model", "README.md"]


def merge_adapters(adapters: str, output: Path, *, dtype: torch.dtype | None = None) -> None:
    """Merge adapters into their base model, and write the whole: weights, tokenizer, chat template, settings, card.

    The base model is loaded in float32, also where the adapters were trained on it in four bits, and the sums are
    rounded once, when they are written. That takes four bytes of memory a parameter.

    Args:
        adapters: folder or Hub id of what `method: lora` or `method: qlora` trained.
        output: folder to write to, which must not hold a model yet.
        dtype: of the weights that are written, default that of the base model.

    Raises:
        FileExistsError: the output holds a model.
        FileNotFoundError: there are no adapters, or no tokenizer beside them.
        ValueError: the base model cannot be had, or is itself quantised.

    Example:
        >>> merge_adapters("outputs/qlora", Path("outputs/merged"), dtype=torch.bfloat16)  # doctest: +SKIP
    """
    if any(output.glob("*.safetensors")) or (output / "config.json").exists():
        raise FileExistsError(f"Expected a folder without a model as output, found one in {output}; name another.")
    folder = Path(adapters)
    if not folder.is_dir():
        folder = Path(snapshot_download(adapters, allow_patterns=ADAPTER_FILES))
    base, revision = _base_model(folder, adapters)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config = _config(base, revision, adapters)
    model: Any = AutoModelForCausalLM.from_pretrained(base, revision=revision, dtype=torch.float32)
    merged: Any = PeftModel.from_pretrained(model, folder).merge_and_unload(safe_merge=True)  # refuses NaN
    generate_as_trained(merged, tokenizer)
    merged.to(dtype or config.dtype or torch.float32)
    merged.save_pretrained(output)
    tokenizer.save_pretrained(output)
    if (folder / LINEAGE_FILE).exists():
        shutil.copy(folder / LINEAGE_FILE, output)
    card = folder / "README.md"
    if card.exists():
        text = merged_card(card.read_text(encoding="utf-8"), str(output))
        (output / "README.md").write_text(text, encoding="utf-8")
    else:
        logger.warning("%s: no README.md stands beside the adapters, so none is written; push asks for one.", adapters)


def _base_model(folder: Path, adapters: str) -> tuple[str, str | None]:
    """Return the name and the revision of the base model of adapters."""
    settings = folder / "adapter_config.json"
    if not settings.exists():
        raise FileNotFoundError(
            f"Expected adapters in {adapters}, found no adapter_config.json; name the output_dir of a training with "
            "method lora or qlora."
        )
    if not (folder / "tokenizer_config.json").exists():
        raise FileNotFoundError(
            f"Expected a tokenizer beside the adapters in {adapters}, found no tokenizer_config.json; save "
            "that of the training there."
        )
    said = json.loads(settings.read_text(encoding="utf-8"))
    return said["base_model_name_or_path"], said.get("revision")


def _config(base: str, revision: str | None, adapters: str) -> PretrainedConfig:
    """Return the configuration of the base model, which must be there in full precision."""
    try:
        config: PretrainedConfig = AutoConfig.from_pretrained(base, revision=revision)
    except OSError as error:
        raise ValueError(
            f"Expected the base model of {adapters} at {base}, found: {error}; write where it is into "
            "base_model_name_or_path of adapter_config.json."
        ) from error
    if getattr(config, "quantization_config", None) is not None:
        raise ValueError(
            f"Expected the base model {base} in full precision, found it quantised, where merging loses what was "
            "learnt; write its unquantised twin into base_model_name_or_path of adapter_config.json."
        )
    return config
