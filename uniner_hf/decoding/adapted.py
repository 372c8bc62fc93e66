"""Models with the adapters of PEFT, which need not be installed where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def without_adapters(model: Any) -> PreTrainedModel:
    """Return the model below the adapters of PEFT, or the model itself where it has none."""
    base: PreTrainedModel = model.get_base_model() if hasattr(model, "get_base_model") else model
    return base
