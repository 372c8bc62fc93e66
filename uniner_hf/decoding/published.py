"""What the published checkpoints (https://huggingface.co/Universal-NER) leave unsaid about their tokenizer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from transformers import LlamaTokenizer


def as_trained(tokenizer: Any) -> Any:
    """Return the tokenizer of a published checkpoint as it was when the checkpoint was trained.

    It begins a text behind `</s>` with a space, `▁USER`. That was the way of the time for a checkpoint that has a
    `tokenizer.model` only; it is called "legacy" now, and `transformers` 5 leaves it where a checkpoint is silent.

    Args:
        tokenizer: of any checkpoint.

    Returns:
        The tokenizer as it was, or the same one if its checkpoint is of another kind or says what it wants.
    """
    source = Path(getattr(tokenizer, "init_kwargs", {}).get("vocab_file") or "")
    if not isinstance(tokenizer, LlamaTokenizer) or source.name != "tokenizer.model":
        return tokenizer
    settings = source.with_name("tokenizer_config.json")
    if settings.exists() and json.loads(settings.read_text(encoding="utf-8")).get("legacy") is not None:
        return tokenizer
    trained: Any = LlamaTokenizer.from_pretrained(source.parent, legacy=True)
    trained.init_kwargs["legacy"] = True  # so that it is saved
    return trained
