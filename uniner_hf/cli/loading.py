"""The pipeline of a sub-command, with a failure to load it told as one of its `--model`."""

from __future__ import annotations

from typing import Any


def load_pipeline(model: str | None, **options: Any) -> Any:
    """Return the pipeline of a model.

    Args:
        model: a folder or a Hub id, None for the bundled model.
        **options: of the pipeline.

    Raises:
        RuntimeError: the model cannot be loaded.

    Example:
        >>> load_pipeline(None)("Ada wrote it.", entity_types=["person"])  # doctest: +SKIP
    """
    from transformers import pipeline

    pipeline_for: Any = pipeline  # its overloads know only the built-in tasks
    try:
        return pipeline_for("universal-ner", model=model, **options)
    except (OSError, ValueError) as error:
        name = f"--model {model}" if model else "the bundled model"
        raise RuntimeError(f"{name}: expected a folder, or a Hub model that can be reached; found: {error}") from error
