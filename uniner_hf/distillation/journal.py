"""What was asked of a teacher and what came of it, one JSON object a line, kept through kills and power cuts."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from uniner_hf.distillation.costs import NOTHING, Tokens

Record = dict[str, Any]


@dataclass
class JournalContents:
    """What a journal says.

    Args:
        answered: id -> the record of its answer.
        prompts: id -> hash of the prompt that was last asked for it.
        charged: tokens that were paid, or may have been: a request without an end counts with its worst case.
        torn: 1 where the last line was cut off in the middle, and is not counted, else 0.
        whole: bytes of the whole lines.
    """

    answered: dict[str, Record] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    charged: Tokens = NOTHING
    torn: int = 0
    whole: int = 0


def read_journal(path: Path) -> JournalContents:
    """Read a journal; one that is not there is empty.

    Args:
        path: of the journal.

    Raises:
        ValueError: a whole line that is no record: the file was changed by something else.
    """
    contents, open_requests = JournalContents(), dict[str, Tokens]()
    with path.open("rb") if path.exists() else open(os.devnull, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                contents.torn = 1
                break
            try:
                _add(json.loads(line), contents, open_requests)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{path}, line {number}: expected a record of a request, found {error!r}; restore the file, or "
                    "delete the line, whose passage is then asked again."
                ) from error
            contents.whole += len(line)
    contents.charged = sum(open_requests.values(), contents.charged)
    return contents


def _add(record: Record, contents: JournalContents, open_requests: dict[str, Tokens]) -> None:
    passage = record["id"]
    contents.prompts[passage] = record["prompt"]
    if record["kind"] == "asked":
        if record["attempt"] == 1:  # an earlier request, if there is one here, was killed on its way
            contents.charged += open_requests.pop(passage, NOTHING)
        open_requests[passage] = Tokens.from_record(record["at_most"])
        return
    if record["kind"] not in ("answered", "failed"):
        raise ValueError(f"kind {record['kind']!r}")
    open_requests.pop(passage, None)
    contents.charged += Tokens.from_record(record["charged"])
    if record["kind"] == "answered":
        contents.answered[passage] = record


class Journal:
    """A journal opened to add to, by one process at a time.

    Args:
        path: of the journal; a torn last line is cut off.

    Raises:
        RuntimeError: another process writes to it.
        ValueError: as `read_journal`.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.jsonl") as journal:
        ...     journal.contents.answered
        {}
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise RuntimeError(
                f"{path}: expected to be its only writer, found another run; wait for it, or write elsewhere."
            ) from None
        try:
            self.contents = read_journal(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            os.ftruncate(self._file, self.contents.whole)
        except BaseException:
            self._lock.release()
            raise
        self._writing, self._broken = threading.Lock(), False

    def write(self, record: Record, durable: bool = True) -> None:
        """Add a record in one write.

        Args:
            record: with `kind`, `id` and `prompt`.
            durable: wait until it is on the disk, so that a power cut cannot take it.

        Raises:
            OSError: it cannot be written; the journal then takes no more, since its last line may be torn.
        """
        line = json.dumps(record).encode() + b"\n"
        with self._writing:
            if self._broken:
                raise OSError(f"{self.path}: expected to add to the journal, found that a write before has failed.")
            self._broken = True
            if os.write(self._file, line) != len(line):
                raise OSError(f"{self.path}: expected room for {len(line)} bytes, found less; make room on the disk.")
            if durable:
                os.fsync(self._file)
            self._broken = False

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._writing:
            self._broken = True
            os.close(self._file)
        self._lock.release()
