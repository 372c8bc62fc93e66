"""The entity-level F1 as a module for `evaluate`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def metric_path() -> Path:
    """Return the folder of the `evaluate` module, which loads offline.

    Returns:
        A folder, to be loaded as `evaluate.load(str(metric_path()))`.

        >>> metric_path().name
        'uniner_f1'
    """
    return Path(str(files(__name__))) / "uniner_f1"
