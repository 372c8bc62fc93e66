"""A teacher's answers as JSON lines: a row for each passage, in the order of the input."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from uniner_hf.distillation.journal import Record
from uniner_hf.distillation.passage_rows import PassageRow


def output_rows(passages: Iterable[PassageRow], answers: Mapping[str, Record]) -> Iterator[dict[str, str | None]]:
    """Yield a row for each passage, in their order; one without an answer has None as `answer`.

    The answers are as the teacher gave them: whoever reads the rows parses them.
    """
    for passage in passages:
        record = answers.get(passage.id, {"answer": None, "finish_reason": None})
        yield {
            "id": passage.id,
            "text": passage.text,
            "answer": record["answer"],
            "finish_reason": record["finish_reason"],
        }


def write_rows(path: Path, rows: Iterable[Mapping[str, str | None]]) -> None:
    """Write JSON lines at once: the file that was there stays until the new one is whole."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    unfinished.replace(path)
