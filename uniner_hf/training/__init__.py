"""Supervised fine-tuning on conversations about annotated passages.

The settings and the trainer are imported when they are first used: they load torch and trl.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uniner_hf.training.config import UniNERConfig
    from uniner_hf.training.trainer import UniNERTrainer

__all__ = ["UniNERConfig", "UniNERTrainer"]

_HOMES = {"UniNERConfig": "uniner_hf.training.config", "UniNERTrainer": "uniner_hf.training.trainer"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; its public names are {__all__}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # the next access finds it without coming here
    return value
