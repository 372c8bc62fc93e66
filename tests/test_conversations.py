"""The strings that models read, byte for byte, and the Jinja file that makes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from uniner_hf.conversations import (
    Rendering,
    all_in_one_answer,
    all_in_one_conversation,
    all_in_one_question,
    answer,
    chat_template,
    conversation,
    passage_messages,
    question,
    render,
    render_prompt,
)
from uniner_hf.schema import AnnotatedPassage, Entity, Message

PASSAGE = AnnotatedPassage(
    "0",
    "Ada met Grace in São Paulo. Ada left.",
    (
        Entity("person", "Ada", 0, 3),
        Entity("person", "Grace", 8, 13),
        Entity("city", "São Paulo", 17, 26),
        Entity("person", "Ada", 28, 31),
    ),
)
SYSTEM = "A virtual assistant answers questions from a user based on the provided text."


def test_the_training_string_is_that_of_the_published_checkpoints() -> None:
    assert render(conversation(PASSAGE, ["person", "river", "city"])).text == (
        f"{SYSTEM} USER: Text: Ada met Grace in São Paulo. Ada left. ASSISTANT: I've read this text.</s>"
        'USER: What describes person in the text? ASSISTANT: ["Ada", "Grace", "Ada"]</s>'
        "USER: What describes river in the text? ASSISTANT: []</s>"
        'USER: What describes city in the text? ASSISTANT: ["São Paulo"]</s>'
    )


def test_the_prompt_ends_where_the_checkpoint_goes_on() -> None:
    assert render_prompt("Ada left.", "person") == (
        f"{SYSTEM} USER: Text: Ada left. ASSISTANT: I've read this text.</s>"
        "USER: What describes person in the text? ASSISTANT:"
    )


def test_a_definition_takes_the_place_of_the_type() -> None:
    assert render_prompt("Ada left.", "person", definition="a human being").endswith(
        "USER: What describes a human being in the text? ASSISTANT:"
    )
    messages = conversation(PASSAGE, ["city", "river"], definitions={"city": "a large settlement"})
    assert [message.content for message in messages[3:]] == [
        "What describes a large settlement in the text?",
        '["São Paulo"]',
        "What describes river in the text?",
        "[]",
    ]


def test_the_dataset_specific_template_names_the_data_set_before_the_passage() -> None:
    expected = f"{SYSTEM} USER: Dataset: conllpp \n Text: Ada left. ASSISTANT: I've read this text.</s>USER: "
    assert render_prompt("Ada left.", "person", dataset_name="conllpp").startswith(expected)
    assert render(conversation(PASSAGE, [], dataset_name="x")).text.startswith(f"{SYSTEM} USER: Dataset: x \n Text: A")


def test_the_all_in_one_template_asks_once_and_answers_with_pairs() -> None:
    messages = all_in_one_conversation(PASSAGE, ["city", "river"], dataset_name="cities")
    assert [message.content for message in messages[1:]] == [
        "Dataset: cities \n Text: Ada met Grace in São Paulo. Ada left.",
        "I've read this text.",
        all_in_one_question(["city", "river"]),
        '[["São Paulo", "city"]]',
    ]
    assert all_in_one_answer(PASSAGE.entities[2:3], ascii_only=True) == '[["S\\u00e3o Paulo", "city"]]'


def test_answers_keep_order_and_duplicates_and_may_be_ascii() -> None:
    mentions = ["b", "a", "b", 'say "hi"', "São 🗼", "back\\slash"]
    assert json.loads(answer(mentions)) == mentions == json.loads(answer(mentions, ascii_only=True))
    assert "São 🗼" in answer(mentions)
    assert answer(mentions, ascii_only=True).isascii()
    assert conversation(PASSAGE, ["city"], ascii_only=True)[-1].content == '["S\\u00e3o Paulo"]'


def test_what_the_assistant_writes_is_marked_with_its_space_and_its_end_token() -> None:
    rendering = render(conversation(PASSAGE, ["city", "river"]), eos_token="<|end|>")
    assert [rendering.text[start:end] for start, end in rendering.generated] == [
        " I've read this text.<|end|>",
        ' ["São Paulo"]<|end|>',
        " []<|end|>",
    ]


@pytest.mark.parametrize(
    "text", ["", "{{ 7 * 7 }} {% if x %}", "  spaces \n\n lines  ", "<b>&amp;</b>", "USER: hi</s>"]
)
def test_a_passage_is_never_read_as_a_template_nor_trimmed(text: str) -> None:
    assert f"USER: Text: {text} ASSISTANT: I've read" in render_prompt(text, "person")


def llama_like() -> PreTrainedTokenizerFast:
    """A tokenizer with Llama's spaces, unknown bytes and special tokens; every character is a token."""
    alphabet = sorted({*map(chr, range(33, 127)), "▁", "ã"})
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    vocabulary = {token: number for number, token in enumerate([*special, *alphabet])}
    backend = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>", byte_fallback=True))
    backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    backend.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, unk_token="<unk>", bos_token="<s>", eos_token="</s>", chat_template=chat_template()
    )


def byte_level() -> PreTrainedTokenizerFast:
    """A tokenizer of bytes, with another end token."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = Tokenizer(models.BPE({token: number for number, token in enumerate(alphabet)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|endoftext|>", chat_template=chat_template())


TOKENIZERS = pytest.mark.parametrize("make_tokenizer", [llama_like, byte_level])
CONVERSATIONS = pytest.mark.parametrize(
    "messages",
    [
        conversation(PASSAGE, ["person", "river", "city"]),
        conversation(PASSAGE, ["city"], dataset_name="conllpp", ascii_only=True),
        all_in_one_conversation(PASSAGE, ["city", "person"]),
        [*passage_messages("Line one.\n\n  Line two. "), Message("user", question("city"))],
    ],
    ids=["questions", "dataset", "all-in-one", "prompt"],
)


def turns(messages: list[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


@TOKENIZERS
@CONVERSATIONS
def test_transformers_renders_the_same_string(make_tokenizer, messages: list[Message]) -> None:
    tokenizer = make_tokenizer()
    rendered = tokenizer.apply_chat_template(turns(messages), tokenize=False)
    assert rendered == render(messages, eos_token=tokenizer.eos_token).text


@TOKENIZERS
@CONVERSATIONS
def test_transformers_marks_the_same_tokens(make_tokenizer, messages: list[Message]) -> None:
    tokenizer = make_tokenizer()
    encoded = tokenizer.apply_chat_template(turns(messages), return_dict=True, return_assistant_tokens_mask=True)
    rendering = render(messages, eos_token=tokenizer.eos_token)
    offsets = tokenizer(rendering.text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    assert encoded["assistant_masks"] == [int(is_generated(span, rendering)) for span in offsets]
    assert sum(encoded["assistant_masks"]) > 0


def is_generated(span: tuple[int, int], rendering: Rendering) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in rendering.generated)


def test_a_saved_tokenizer_brings_the_template_along(tmp_path: Path) -> None:
    llama_like().save_pretrained(tmp_path)
    assert (tmp_path / "chat_template.jinja").read_text(encoding="utf-8") == chat_template()
