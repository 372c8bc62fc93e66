"""The task "universal-ner" among those of `transformers.pipeline`, with the bundled model as its default."""

from __future__ import annotations

import logging
from importlib.resources import files
from typing import Any

from transformers import AutoModelForCausalLM
from transformers.pipelines import PIPELINE_REGISTRY

TASK = "universal-ner"
PUBLISHED = ("Universal-NER/UniNER-7B-type", "Universal-NER/UniNER-7B-definition", "Universal-NER/UniNER-7B-all")


class _CausalLM(AutoModelForCausalLM):
    """`AutoModelForCausalLM` that remembers whether a type of the weights was asked for."""

    @classmethod
    def from_pretrained(cls, *args: Any, **kwargs: Any) -> Any:
        model: Any = AutoModelForCausalLM.from_pretrained(*args, **kwargs)
        model.dtype_was_left_open = kwargs.get("dtype") == "auto"
        return model


class _BundledModelNotice(logging.Filter):
    """Says which model is used when none is named, in the place of the general warning of `transformers`."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record that speaks of the bundled model; let others pass."""
        if self.path in str(record.msg):
            record.msg = (
                "No model was named: using the small one that comes with uniner_hf. Larger published checkpoints: "
                f"{', '.join(PUBLISHED)}."
            )
        return True


def bundled_model_path() -> str:
    """Return the folder of the model that comes with the package."""
    return str(files("uniner_hf").joinpath("models/mini"))


def register(pipeline_class: type[Any]) -> None:
    """Register the task with `transformers.pipeline`.

    Args:
        pipeline_class: what carries it out.
    """
    path = bundled_model_path()
    PIPELINE_REGISTRY.register_pipeline(
        TASK, pipeline_class, pt_model=_CausalLM, default={"model": (path, None)}, type="text"
    )
    logging.getLogger("transformers.pipelines").addFilter(_BundledModelNotice(path))
