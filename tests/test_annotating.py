"""Rows of answers, and what is left to ask."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from uniner_hf.distillation.annotating import (
    AnnotationSummary,
    annotate,
    output_rows,
    percentile,
    unanswered_passages,
    write_rows,
)
from uniner_hf.distillation.journal import JournalContents
from uniner_hf.distillation.passage_rows import PassageRow
from uniner_hf.distillation.prompts import teacher_messages
from uniner_hf.distillation.teacher import Teacher, prompt_hash

PASSAGES = [PassageRow("b", "two"), PassageRow("a", "one")]


def test_rows_are_in_the_order_of_the_passages_each_once() -> None:
    answers = {"a": {"answer": "[]", "finish_reason": "stop"}, "gone": {"answer": "[]", "finish_reason": "stop"}}
    assert list(output_rows(PASSAGES, answers)) == [
        {"id": "b", "text": "two", "answer": None, "finish_reason": None},
        {"id": "a", "text": "one", "answer": "[]", "finish_reason": "stop"},
    ]


def test_an_output_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    write_rows(path, [{"id": "a"}])

    def broken() -> Any:
        yield {"id": "b"}
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_rows(path, broken())
    assert json.loads(path.read_text()) == {"id": "a"}


def test_text_of_any_kind_is_written(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    write_rows(path, [{"text": "Zürich\u2028\n"}])
    assert path.read_bytes().count(b"\n") == 1
    assert json.loads(path.read_text()) == {"text": "Zürich\u2028\n"}


def test_what_failed_before_comes_last_and_what_is_answered_not_at_all() -> None:
    known = {"b": prompt_hash("teacher", teacher_messages("two"))}
    contents = JournalContents(prompts=known)
    assert [passage.id for passage in unanswered_passages(PASSAGES, contents, "teacher", "type")] == ["a", "b"]
    contents.answered["b"] = {}
    assert [passage.id for passage in unanswered_passages(PASSAGES, contents, "teacher", "type")] == ["a"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.95, 95.0), (1.0, 100.0), (0.001, 1.0)])
def test_percentiles(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


def test_an_error_of_a_worker_is_raised_as_it_is() -> None:
    async def ask(_: PassageRow) -> None:
        raise KeyError("surprise")

    teacher = cast(Teacher, SimpleNamespace(ask=ask, stopped=None))
    with pytest.raises(KeyError, match="surprise"):
        asyncio.run(annotate(teacher, PASSAGES, AnnotationSummary(2, 0), concurrency=2))
