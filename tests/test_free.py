"""Answers that were written freely: read, and sought in the passage."""

from typing import Any

import pytest
from tiny_checkpoints import byte_level, sentencepiece_tokenizer, template_wordpiece

from uniner_hf.decoding.answering import Answers, Mention
from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.free import FreeAnswer, FreeRules

TEXT = "Ada met José in São Paulo and Ada left ."


@pytest.fixture(scope="module", params=[byte_level, sentencepiece_tokenizer])
def tokenizer(request: pytest.FixtureRequest) -> Any:
    return request.param()


def written(
    tokenizer: Any, answer: str, ended: bool = True, probability: float = 0.5, typed: bool = False
) -> FreeAnswer:
    state = FreeRules(TEXT, tokenizer, typed=typed).begin()
    tokens = tokenizer(answer, add_special_tokens=False).input_ids + [tokenizer.eos_token_id] * ended
    for token in tokens:
        assert not state.finished and state.allowed() is None
        state.advance(token, {token: probability})
    assert state.finished is ended
    return state


def words(state: FreeAnswer) -> list[tuple[str, str | None]]:
    return [(one.word, TEXT[slice(*one.span)] if one.span else None) for one in state.mentions]


def test_mentions_are_found_in_the_passage_or_kept_without_a_place(tokenizer) -> None:
    state = written(tokenizer, ' ["Ada", "jose", "Ada", "Rome"]')
    assert words(state) == [("Ada", "Ada"), ("jose", "José"), ("Ada", "Ada"), ("Rome", None)]
    assert [one.span for one in state.mentions][::2] == [(0, 3), (30, 33)]
    assert state.failure is None


def test_an_answer_in_lower_case_pieces_is_found_as_well() -> None:
    state = written(template_wordpiece(), '["Ada", "Paulo"]')
    assert [span for _, span in words(state)] == ["Ada", "Paulo"]


def test_a_cut_answer_keeps_what_was_finished(tokenizer) -> None:
    assert words(written(tokenizer, ' ["Ada", "Jos', ended=False)) == [("Ada", "Ada")]


def test_what_cannot_be_read_is_told(tokenizer) -> None:
    state = written(tokenizer, " There are none.")
    assert (state.failure, state.mentions) == ("no list", [])
    assert written(tokenizer, " []").mentions == []


def test_probability_is_that_of_the_tokens_behind_the_mention_before(tokenizer) -> None:
    state = written(tokenizer, ' ["Ada", "S\\u00e3o Paulo"]')
    first, second = state.mentions
    assert second.span == (16, 25) and 0 < first.probability < 1
    pieces = [tokenizer.decode(state.tokens[: count + 1]) for count in range(len(state.tokens))]
    to_first = next(index for index, piece in enumerate(pieces) if "Ada" in piece) + 1
    to_second = next(index for index, piece in enumerate(pieces) if "Paulo" in piece) + 1
    assert first.probability == pytest.approx(0.5**to_first)
    assert second.probability == pytest.approx(0.5 ** (to_second - to_first))


def test_a_tokenizer_without_an_end_is_refused() -> None:
    tokenizer = byte_level()
    tokenizer.eos_token = None
    with pytest.raises(ValueError, match="Expected a tokenizer with an end token for grounded=False"):
        FreeRules(TEXT, tokenizer)


def test_an_answer_may_name_types(tokenizer) -> None:
    answer = ' [["Ada", "person"], ["São Paulo", "city"], ["Ada", "dog"], ["Ada", "person"]]'
    assert [(one.word, one.entity_type, one.span) for one in written(tokenizer, answer, typed=True).mentions] == [
        ("Ada", "person", (0, 3)),
        ("São Paulo", "city", (16, 25)),
        ("Ada", "dog", (0, 3)),
        ("Ada", "person", (30, 33)),
    ]
    assert written(tokenizer, ' ["Ada"]', typed=True).failure == "no pairs"


def test_types_asked_in_groups_are_put_in_their_order(tokenizer) -> None:
    types = ["person", "city", "River"]
    asker = Asker(tokenizer, [(name, None) for name in types], grounded=False, types_per_question=2)
    asked = asker.ask(TEXT)
    prompts = [tokenizer.decode(asked.passage + question) for question in asked.questions]
    assert "each of these types in the text: person, city?" in prompts[0]
    assert "each of these types in the text: River?" in prompts[1]
    first = [Mention((16, 25), 0.5, "São Paulo", "City"), Mention((0, 3), 0.4, "Ada", "person")]
    found = asker.by_type(Answers([first, [Mention(None, 0.3, "Po", "river"), Mention(None, 0.2, "x", "lake")]], [1]))
    assert [[one.word for one in row] for row in found.mentions] == [["Ada"], ["São Paulo"], ["Po"]]
    assert (found.unfinished, found.failures) == ([1], ["a type that was not asked"])
