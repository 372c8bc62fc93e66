"""What `uniner-hf evaluate` wrote, read for the card of the model that it measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from uniner_hf.benchmark.catalog import find_set
from uniner_hf.benchmark.families import is_kin
from uniner_hf.cards.results import Exposure, MeasuredSet, Measurement
from uniner_hf.training.lineage import trained_rows

_KEYS = ("system", "protocol", "limit", "versions", "sets")


def read_results(path: Path, folder: Path, repository: str) -> Measurement:
    """Return the results of a model, each set marked as one that it was trained on or not.

    Args:
        path: the `results.json` of an evaluation.
        folder: of the model.
        repository: that it is pushed to.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: not the results of an evaluation, or those of another model.
    """
    text = path.read_text(encoding="utf-8")
    try:
        said: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"Expected JSON in {path}, found {text[:40]!r} ({error}); name a results.json.") from error
    if not isinstance(said, dict) or not said.keys() >= set(_KEYS):
        found = ", ".join(said) if isinstance(said, dict) else type(said).__name__
        raise ValueError(
            f"Expected {', '.join(_KEYS)} in {path}, found {found}; write it with uniner-hf evaluate of this version."
        )
    model = str(said["system"].get("model"))
    if model != repository and Path(model).resolve() != folder.resolve():
        raise ValueError(
            f"Expected results of {folder} or of {repository} in {path}, found those of {model}; evaluate the model "
            "that is pushed."
        )
    rows = trained_rows(folder)
    return Measurement(
        protocol=said["protocol"],
        grounded=said["system"].get("grounded", True),
        limit=said["limit"],
        versions=said["versions"],
        sets=[_measured(one, rows) for one in said["sets"]],
    )


def _measured(result: dict[str, Any], trained: set[str] | None) -> MeasuredSet:
    its_set = find_set(result["name"])
    asked = result["absent_questions"]
    return MeasuredSet(
        name=result["name"],
        title=its_set.title,
        hub=its_set.hub,
        split=result["split"],
        passages=result["passages"],
        precision=result["precision"],
        recall=result["recall"],
        f1=result["f1"],
        absent_answered=result["absent_answered"] / asked if asked else 0.0,
        exposure=_exposure(result["name"], trained),
    )


def _exposure(name: str, trained: set[str] | None) -> Exposure:
    """Tell whether a model knows a set: any row of it, or of a set that is the same repository of the Hub."""
    if trained is None:
        return "not known"
    if is_kin(name, trained - {""}):
        return "in-domain"
    return "not known" if "" in trained else "zero-shot"
