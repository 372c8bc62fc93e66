"""Answers of the engine, against each question asked alone: one prompt, read anew for every token."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_checkpoints import save_bert, save_llama, save_published
from tiny_models import SENTENCES
from transformers import AutoModelForCausalLM, AutoTokenizer, SequenceBiasLogitsProcessor

from uniner_hf.conversations import render_prompt
from uniner_hf.decoding.answering import Answers, AnswerState, AskedPassage
from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.engine import ENGINES, answer_passages
from uniner_hf.decoding.prompt_tokens import bidirectional_passage
from uniner_hf.decoding.published import as_trained

LONG = " ".join(SENTENCES)
TEXTS = ["Ada .", *SENTENCES, LONG, 'He said "Yahoo!" \\ 北京 </s> ["x"] .']
TYPES = [["person"], ["location", "a place of any kind", "award", "person"], ["organization", "person"]]


@pytest.fixture(scope="module", params=["bert", "llama", "published"])
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    save = {"bert": save_bert, "llama": save_llama, "published": save_published}[request.param]
    return save(tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module", params=["eager", "sdpa"])
def model(request: pytest.FixtureRequest, checkpoint: Path) -> Any:
    loaded = AutoModelForCausalLM.from_pretrained(checkpoint, attn_implementation=request.param, dtype=torch.float32)
    return loaded.eval()


@pytest.fixture(scope="module")
def tokenizer(checkpoint: Path) -> Any:
    return as_trained(AutoTokenizer.from_pretrained(checkpoint))


@pytest.fixture
def asked(model: Any, tokenizer: Any) -> Any:
    """Return a function that makes passages with one question, with several, with others."""

    def ask(texts: list[str] = TEXTS, **options: Any) -> list[AskedPassage]:
        both_ways = bidirectional_passage(model.config)
        askers = [
            Asker(tokenizer, [(name, None) for name in types], bidirectional=both_ways, **options) for types in TYPES
        ]
        return [askers[number % len(askers)].ask(text) for number, text in enumerate(texts)]

    return ask


def answers(model: Any, passages: list[Any], max_new_tokens: int = 20, engine: str = "packed") -> list[Answers]:
    return answer_passages(model, passages, pad_token_id=0, max_new_tokens=max_new_tokens, engine=engine)


def alone(model: Any, tokenizer: Any, text: str, entity_type: str, max_new_tokens: int) -> AnswerState:
    """Answer one question: the prompt as one string, no cache, all of it read for each token."""
    prompt = render_prompt(text, entity_type)
    tokens = tokenizer(prompt, add_special_tokens=False, return_offsets_mapping=True)
    opening = [tokenizer.bos_token_id] if tokenizer.bos_token else []
    ids = [*opening, *tokens.input_ids]
    begun = prompt.index(f"USER: What describes {entity_type} in")
    passage = len(opening) + sum(start < begun for start, _ in tokens["offset_mapping"])
    state = Asker(tokenizer, [(entity_type, None)]).ask(text).rules.begin()
    while not state.finished and max_new_tokens:
        logits = model(**plain_inputs(model, tokens, ids, passage, prompt)).logits[0, -1]
        if model.generation_config.sequence_bias:
            add_bias = SequenceBiasLogitsProcessor(model.generation_config.sequence_bias)
            logits = add_bias(torch.tensor([ids]), logits[None])[0]
        allowed = state.allowed()
        probabilities = dict(zip(allowed, logits[allowed].softmax(dim=0).tolist(), strict=True))
        ids.append(max(probabilities, key=lambda token: probabilities[token]))
        state.advance(ids[-1], probabilities)
        max_new_tokens -= 1
    return state


def plain_inputs(model: Any, tokens: Any, ids: list[int], passage: int, prompt: str) -> dict[str, torch.Tensor]:
    """Return the inputs of a plain forward pass; the bundled kind of model reads the passage in both directions."""
    if not getattr(model.config, "bidirectional_passage", False):
        return {"input_ids": torch.tensor([ids])}
    mask = torch.full((1, 1, len(ids), len(ids)), -1e30)
    case = [0] * len(ids)
    for row in range(len(ids)):
        for column in range(len(ids)):
            if column <= row or max(row, column) < passage:
                mask[0, 0, row, column] = 0
        if row < passage:
            start, end = tokens["offset_mapping"][row]
            piece = prompt[start:end].strip()
            case[row] = (2 if piece.isupper() and len(piece) > 1 else 1) if piece[:1].isupper() else 0
    return {"input_ids": torch.tensor([ids]), "attention_mask": mask, "token_type_ids": torch.tensor([case])}


@torch.no_grad()
def assert_answers_are_those_alone(model: Any, tokenizer: Any, together: list[Answers]) -> None:
    for number, (text, found) in enumerate(zip(TEXTS, together, strict=True)):
        types = TYPES[number % len(TYPES)]
        states = [alone(model, tokenizer, text, name, max_new_tokens=20) for name in types]
        for state, mentions in zip(states, found.mentions, strict=True):
            assert [mention.span for mention in mentions] == [mention.span for mention in state.mentions]
            expected = [mention.probability for mention in state.mentions]
            assert [mention.probability for mention in mentions] == pytest.approx(expected, abs=1e-5, rel=1e-4)
        assert found.unfinished == [index for index, state in enumerate(states) if not state.finished]


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_are_those_of_each_question_asked_alone(model, tokenizer, asked, engine) -> None:
    assert_answers_are_those_alone(model, tokenizer, answers(model, asked(), engine=engine))


def test_biases_of_the_generation_settings_count_as_in_generate(model, tokenizer, asked, monkeypatch) -> None:
    plain = answers(model, asked())
    tokens = sorted({token for text in TEXTS for token in tokenizer(text, add_special_tokens=False).input_ids})
    biases = torch.randn(len(tokens), generator=torch.Generator().manual_seed(1)) * 5
    sequence_bias = [[[token], bias] for token, bias in zip(tokens, biases.tolist(), strict=True)]
    monkeypatch.setattr(model.generation_config, "sequence_bias", sequence_bias)
    biased = answers(model, asked())
    assert biased != plain
    assert_answers_are_those_alone(model, tokenizer, biased)


def test_random_models_say_many_things(model, tokenizer, asked) -> None:
    """Otherwise the test above would hold for answers that do not depend on what was read."""
    found = [mentions for one in answers(model, asked()) for mentions in one.mentions]
    assert len({tuple(mention.span for mention in mentions) for mentions in found}) > 3


def test_logits_of_all_tokens_say_the_same(model, tokenizer, asked, monkeypatch) -> None:
    cut = answers(model, asked())
    monkeypatch.setattr("uniner_hf.decoding.writing.can_be_cut", lambda _: False)
    for one, other in zip(cut, answers(model, asked()), strict=True):
        assert one.unfinished == other.unfinished
        for mentions, others in zip(one.mentions, other.mentions, strict=True):
            assert [mention.span for mention in mentions] == [mention.span for mention in others]
            expected = [mention.probability for mention in others]
            assert [mention.probability for mention in mentions] == pytest.approx(expected, abs=1e-5)


def test_batch_makes_no_difference(model, tokenizer, asked) -> None:
    passages = asked()
    together = answers(model, passages)
    for passage, found in zip(asked(), together, strict=True):
        (single,) = answers(model, [passage])
        assert [[one.span for one in mentions] for mentions in found.mentions] == [
            [one.span for one in mentions] for mentions in single.mentions
        ]
    assert answers(model, []) == []


def test_answer_that_is_cut_is_reported_and_keeps_what_was_finished(model, tokenizer, asked) -> None:
    passages = asked()
    whole = answers(model, passages, max_new_tokens=200)
    assert not any(found.unfinished for found in whole)
    cut = answers(model, asked(), max_new_tokens=2)
    assert any(found.unfinished for found in cut)
    for all_of_it, found in zip(whole, cut, strict=True):
        for question, (mentions, begun) in enumerate(zip(all_of_it.mentions, found.mentions, strict=True)):
            spans = [mention.span for mention in mentions]
            assert [mention.span for mention in begun] == spans[: len(begun)]
            assert (question in found.unfinished) or len(begun) == len(spans)


def test_answer_ends_where_the_model_has_no_more_positions(model, tokenizer, asked) -> None:
    (passage,) = asked([LONG])
    prompt = len(passage.passage) + max(map(len, passage.questions))
    longest = model.config.max_position_embeddings
    model.config.max_position_embeddings = prompt + 1
    try:
        (found,) = answers(model, [passage])
        (cut,) = answers(model, asked([LONG]), max_new_tokens=2)
    finally:
        model.config.max_position_embeddings = longest
    assert found == cut
