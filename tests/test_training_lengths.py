"""Tokens counted piece by piece."""

from pathlib import Path

import pytest
from tiny_models import llama_tokenizer, wordpiece_tokenizer

from uniner_hf.conversations import passage_messages
from uniner_hf.training import lengths
from uniner_hf.training.lengths import TokenCounter
from uniner_hf.training.questions import Question

SHORT, LONG = Question("Who?", "[]", 0), Question("What describes location in the text?", '["Berlin", "Zurich"]', 1)


@pytest.mark.parametrize("tokenizer", [wordpiece_tokenizer(), llama_tokenizer()], ids=["bert", "llama"])
def test_counts_do_not_depend_on_what_was_counted_before(tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = TokenCounter(tokenizer)
    short, long = counter.questions([SHORT, LONG])
    assert 0 < short < long
    monkeypatch.setattr(lengths, "REMEMBERED", 3)
    for _ in range(3):
        assert counter.questions([LONG]) == [long]
        assert counter.questions([SHORT, LONG, SHORT]) == [short, long, short]
        assert len(counter._known) <= 4
    assert counter.questions([]) == []


def test_an_opening_counts_the_token_that_opens_a_text(tmp_path: Path) -> None:
    with_bos, without = llama_tokenizer(), llama_tokenizer()
    without.bos_token = None
    one, other = (TokenCounter(tokenizer).openings([passage_messages("Hi.")])[0] for tokenizer in (with_bos, without))
    assert one == other + 1
