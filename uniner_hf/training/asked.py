"""What a run was asked for, kept in its folder, so that the folder is not gone on with by another run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ASKED_FILE = "asked.json"


def check_asked(folder: Path, asked: Mapping[str, Any]) -> None:
    """Write down what a run is asked for, or refuse a folder whose run was asked for something else.

    Args:
        folder: of the run; it is made.
        asked: by name, as values that JSON knows.

    Raises:
        ValueError: the folder's run was asked for something else.
    """
    file = folder / ASKED_FILE
    given = json.loads(json.dumps(asked))
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        if other := sorted(key for key in {*before, *given} if before.get(key) != given.get(key)):
            raise ValueError(
                f"Expected the {', '.join(other)} of the run in {folder}, as {file.name} there says, found another; "
                "name another output folder, or remove this one."
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(given, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
