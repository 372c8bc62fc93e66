"""Questions side by side: in one stretch or several, and how much is read."""

from typing import Any

import pytest
import torch
from tiny_checkpoints import save_bert
from tiny_models import SENTENCES, llama, llama_tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer

from uniner_hf.decoding import packed
from uniner_hf.decoding.answering import Answers, AskedPassage
from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.engine import ENGINES, answer_passages

TYPES = ["person", "location", "organization", "a place of any kind", "award", "city", "river", "day"]
TEXTS = list(SENTENCES)


class Counted:
    """A model that keeps how many tokens each pass read."""

    def __init__(self, model: Any) -> None:
        self.model, self.passes = model, []
        model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, _: Any, __: Any, inputs: dict[str, Any]) -> None:
        self.passes.append(inputs["input_ids"].numel())


@pytest.fixture
def counted() -> Counted:
    tokenizer = llama_tokenizer()
    return Counted(llama(len(tokenizer)))


def passages(texts: list[str] = TEXTS, types: list[str] = TYPES) -> list[AskedPassage]:
    asker = Asker(llama_tokenizer(), [(name, None) for name in types])
    return [asker.ask(text) for text in texts]


def answered(model: Any, asked: list[AskedPassage], max_new_tokens: int = 12) -> list[Any]:
    return answer_passages(model, asked, pad_token_id=0, max_new_tokens=max_new_tokens)


def assert_same(one: Answers, other: Answers) -> None:
    assert one.unfinished == other.unfinished
    for mentions, others in zip(one.mentions, other.mentions, strict=True):
        assert [mention.span for mention in mentions] == [mention.span for mention in others]
        expected = [mention.probability for mention in others]
        assert [mention.probability for mention in mentions] == pytest.approx(expected, abs=1e-5)


def test_stretches_of_questions_say_what_all_at_once_say(counted, monkeypatch) -> None:
    types = [f"{one} or {other}" for one in TYPES for other in TYPES]
    monkeypatch.setattr(packed, "LEAST_CHUNK", 10_000)
    whole = answered(counted.model, passages(types=types))
    at_once = counted.passes[1]
    monkeypatch.setattr(packed, "LEAST_CHUNK", 1)
    counted.passes.clear()
    parts = answered(counted.model, passages(types=types))
    assert max(counted.passes) < at_once / 3
    for one, other in zip(whole, parts, strict=True):
        assert_same(one, other)


def test_each_token_is_read_once(counted) -> None:
    (passage,) = passages(TEXTS[:1])
    (found,) = answered(counted.model, [passage])
    assert counted.passes[0] == len(passage.passage)
    assert counted.passes[1] == sum(map(len, passage.questions))
    assert passage.tokens == sum(counted.passes[:2])
    assert len(counted.passes) <= 2 + 11, "one pass for each token of the longest answer but the last"
    assert all(count <= len(TYPES) for count in counted.passes[2:])
    assert len(found.mentions) == len(TYPES)


def test_an_answer_that_can_only_be_empty_takes_no_pass_of_its_own(tmp_path) -> None:
    model = AutoModelForCausalLM.from_pretrained(save_bert(tmp_path), dtype=torch.float32).eval()
    counted = Counted(model)
    asker = Asker(AutoTokenizer.from_pretrained(tmp_path), [(name, None) for name in TYPES], bidirectional=True)
    (found,) = answered(model, [asker.ask("\u200b")])
    assert found.mentions == [[]] * len(TYPES) and not found.unfinished
    assert len(counted.passes) == 2


def test_questions_share_how_they_begin() -> None:
    tokenizer = llama_tokenizer()
    (passage,) = passages(TEXTS[:1])
    shared = tokenizer.decode(passage.passage)
    assert shared.endswith("USER: What describes")
    assert len({tuple(question[:1]) for question in passage.questions}) > 1
    (alone,) = passages(TEXTS[:1], ["person"])
    assert len(alone.questions[0]) == 1, "one token at least is left to predict from"


def test_order_of_types_and_company_make_no_difference(counted) -> None:
    forward = answered(counted.model, passages())
    backward = answered(counted.model, passages(TEXTS[::-1], TYPES[::-1]))[::-1]
    for one, other in zip(forward, backward, strict=True):
        assert_same(one, Answers(other.mentions[::-1], sorted(len(TYPES) - 1 - index for index in other.unfinished)))


def test_short_memory_is_met_by_halves_and_at_last_told(counted, monkeypatch, caplog) -> None:
    whole = answered(counted.model, passages())
    write_packed, most = packed.write_packed, 2

    def short(model: Any, some: list[AskedPassage], *rest: Any) -> None:
        if len(some) > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        write_packed(model, some, *rest)

    monkeypatch.setitem(ENGINES, "packed", short)
    with caplog.at_level("INFO", logger="uniner_hf"):
        for one, other in zip(answered(counted.model, passages()), whole, strict=True):
            assert_same(one, other)
    assert "read in halves" in caplog.text
    most = 0
    with pytest.raises(MemoryError, match=r"a passage of \d+ tokens with 8 questions, found too little; ask fewer"):
        answered(counted.model, passages())
