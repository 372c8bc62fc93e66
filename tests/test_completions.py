"""What is kept of an answer, and what is no answer."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion
from teacher_stand_in import ANSWER_TOKENS, PROMPT_TOKENS, completion

from uniner_hf.distillation.completions import answer_fields
from uniner_hf.distillation.costs import Tokens
from uniner_hf.distillation.failures import MalformedAnswer

WORST = Tokens(1000, 500)


def received(**changes: Any) -> ChatCompletion:
    return ChatCompletion.model_construct(**{**ChatCompletion(**json.loads(completion("[]"))).__dict__, **changes})


def test_an_answer_says_what_it_used() -> None:
    fields = answer_fields(received(), WORST)
    assert fields["answer"] == "[]"
    assert fields["charged"] == fields["usage"] == {"prompt": PROMPT_TOKENS, "completion": ANSWER_TOKENS}


def test_without_usage_the_worst_case_counts() -> None:
    fields = answer_fields(received(usage=None), WORST)
    assert (fields["usage"], fields["charged"]) == (None, {"prompt": 1000, "completion": 500})


def test_a_filtered_answer_is_an_answer() -> None:
    filtered = ChatCompletion(**json.loads(completion(None, "content_filter")))
    fields = answer_fields(filtered, WORST)
    assert (fields["answer"], fields["finish_reason"]) == ("", "content_filter")


@pytest.mark.parametrize(
    "found", ["<html>", None, received(choices=[]), received(choices=None), received(choices=[{}])]
)
def test_what_is_no_chat_completion(found: Any) -> None:
    with pytest.raises(MalformedAnswer):
        answer_fields(found, WORST)
