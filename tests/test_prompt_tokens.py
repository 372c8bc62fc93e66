"""A rendered conversation as tokens, for word pieces and for pieces that hold the space before a word."""

import pytest
from tiny_models import SENTENCES, llama_tokenizer, wordpiece_tokenizer
from transformers import BertConfig, PreTrainedTokenizerBase

from uniner_hf.conversations import passage_messages, question, render
from uniner_hf.decoding.prompt_tokens import (
    bidirectional_passage,
    letter_case_types,
    opening_ids,
    position_ids,
    prompt_tokens,
)
from uniner_hf.schema import Message

TEXT = "Ada Lovelace and Ada Yonath never met ."
TURNS = [("person", '["Ada Lovelace", "Ada Yonath"]'), ("location", "[]")]
TOKENIZERS = pytest.mark.parametrize("tokenizer", [wordpiece_tokenizer(), llama_tokenizer()], ids=["bert", "llama"])


def rendered(tokenizer: PreTrainedTokenizerBase, text: str = TEXT):
    messages = passage_messages(text)
    for entity_type, answer in TURNS:
        messages += [Message("user", question(entity_type)), Message("assistant", answer)]
    return render(messages, eos_token=tokenizer.eos_token or "[SEP]")


def squeezed(text: str) -> str:
    return "".join(text.lower().split())


@TOKENIZERS
def test_what_the_assistant_writes_is_what_it_is_said_to_write(tokenizer) -> None:
    rendering = rendered(tokenizer)
    tokens = prompt_tokens(tokenizer, rendering)
    for segment, (start, end) in enumerate(rendering.generated):
        written = [
            token
            for token, made, own in zip(tokens.input_ids, tokens.generated, tokens.segments, strict=True)
            if made and own == segment
        ]
        assert squeezed(tokenizer.decode(written)) == squeezed(rendering.text[start:end])


@TOKENIZERS
def test_segments_are_the_passage_and_each_question_with_its_answer(tokenizer) -> None:
    tokens = prompt_tokens(tokenizer, rendered(tokenizer))
    parts = [
        squeezed(
            tokenizer.decode([t for t, own in zip(tokens.input_ids, tokens.segments, strict=True) if own == part])
        )
        for part in range(3)
    ]
    assert parts[0].endswith("i'vereadthistext." + squeezed(tokenizer.eos_token or "[SEP]"))
    assert parts[1].startswith("user:whatdescribespersoninthetext?") and "yonath" in parts[1]
    assert parts[2].startswith("user:whatdescribeslocationinthetext?") and "[]" in parts[2]


@TOKENIZERS
@pytest.mark.parametrize("text", [*SENTENCES, "日本 👩‍🔬 é ạ́", ""])
def test_prompt_is_the_beginning_of_the_conversation(tokenizer, text) -> None:
    """What is trained on continues, token by token, the prompt that inference gives."""
    whole = prompt_tokens(tokenizer, rendered(tokenizer, text))
    asked = [*passage_messages(text), Message("user", question(TURNS[0][0]))]
    prompt = prompt_tokens(tokenizer, render(asked, eos_token=tokenizer.eos_token or "[SEP]"))
    first_answer = next(
        i for i, (made, own) in enumerate(zip(whole.generated, whole.segments, strict=True)) if made and own == 1
    )
    assert prompt.input_ids == whole.input_ids[:first_answer]
    assert prompt.segments == whole.segments[:first_answer]


def test_the_token_that_opens_a_text_comes_first_and_none_closes_it() -> None:
    llama = llama_tokenizer()
    assert opening_ids(llama) == [llama.bos_token_id]
    assert prompt_tokens(llama, rendered(llama)).input_ids.count(llama.bos_token_id) == 1
    bert = wordpiece_tokenizer()
    assert opening_ids(bert) == []
    assert bert.cls_token_id not in prompt_tokens(bert, rendered(bert)).input_ids


def test_letter_case_is_told_in_the_passage_only() -> None:
    tokenizer = wordpiece_tokenizer()
    tokens = prompt_tokens(tokenizer, rendered(tokenizer, "Berlin BERLIN berlin"))
    pieces = tokenizer.convert_ids_to_tokens(tokens.input_ids)
    assert [case for piece, case in zip(pieces, tokens.letter_case, strict=True) if piece == "berlin"] == [1, 2, 0]
    assert not any(case for case, own in zip(tokens.letter_case, tokens.segments, strict=True) if own)


def test_positions_restart_behind_the_passage() -> None:
    assert position_ids([0, 0, 1, 1, 2, 2, 2, 3]) == [0, 1, 2, 3, 2, 3, 4, 2]


def test_a_model_says_in_its_configuration_how_it_reads() -> None:
    assert not bidirectional_passage(BertConfig()) and not letter_case_types(BertConfig())
    ours = BertConfig(bidirectional_passage=True, letter_case_types=True)
    assert bidirectional_passage(ours) and letter_case_types(ours)
