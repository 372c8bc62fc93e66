"""What a saved model tells other programs: the prompt of a chat, the end of an answer, no sampling."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tiny_models import bert_decoder, llama, llama_tokenizer, passages, settings, wordpiece_tokenizer
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, PreTrainedTokenizerFast

from uniner_hf.conversations import chat_template, passage_messages, question, render, render_prompt
from uniner_hf.decoding.prompt_tokens import prompt_tokens
from uniner_hf.schema import Message
from uniner_hf.training.generation_settings import generate_as_trained, served_chat_template
from uniner_hf.training.trainer import UniNERTrainer

TEXT = "Ada Lovelace met Angela Merkel in Berlin ."
MESSAGES = [*passage_messages(TEXT), Message("user", question("person"))]


def byte_level_tokenizer() -> Any:
    """Return a tokenizer as Llama 3's: a token opens a text, and no space is put before the first word."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(special_tokens=["<|begin|>", "<|end|>"], initial_alphabet=alphabet)
    backend.train_from_iterator([render_prompt(TEXT, "person")] * 3, trainer)
    ends = [("<|begin|>", 0)]
    backend.post_processor = processors.TemplateProcessing(single="<|begin|> $A", special_tokens=ends)
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<|begin|>", eos_token="<|end|>")


def served(tokenizer: Any) -> list[int]:
    tokenizer.chat_template = served_chat_template(tokenizer)
    chat = [asdict(message) for message in MESSAGES]
    ids: list[int] = tokenizer.apply_chat_template(chat, add_generation_prompt=True)["input_ids"]
    return ids


@pytest.mark.parametrize(
    ("make", "opening"),
    [
        (llama_tokenizer, "{{- bos_token + ' ' -}}"),
        (byte_level_tokenizer, "{{- bos_token -}}"),
        (wordpiece_tokenizer, ""),
    ],
)
def test_a_served_chat_has_the_tokens_that_were_trained(make: Callable[[], Any], opening: str) -> None:
    tokenizer = make()
    tokenizer.eos_token = tokenizer.eos_token or "[SEP]"
    assert served(tokenizer) == prompt_tokens(tokenizer, render(MESSAGES, eos_token=tokenizer.eos_token)).input_ids
    assert tokenizer.chat_template == opening + chat_template()


def test_a_tokenizer_whose_prompts_no_template_opens_is_told(caplog: pytest.LogCaptureFixture) -> None:
    tokenizer: Any = llama_tokenizer()
    tokenizer.backend_tokenizer.normalizer = normalizers.Strip()  # so that a first word cannot be told from a rest
    assert served(tokenizer) != prompt_tokens(tokenizer, render(MESSAGES)).input_ids
    assert "no chat template opens a prompt with the tokens that are trained" in caplog.text


def test_generation_ends_where_answers_end_and_does_not_sample(tmp_path: Path) -> None:
    tokenizer = llama_tokenizer()
    model = llama(len(tokenizer))
    model.config.eos_token_id = 5  # as a base model whose texts end otherwise than its chats
    bias = [[[9], 0.5]]
    model.generation_config = GenerationConfig(
        eos_token_id=[5, 7], do_sample=True, temperature=0.6, top_p=0.9, repetition_penalty=1.1, sequence_bias=bias
    )
    one = UniNERTrainer(model, settings(tmp_path), passages(), processing_class=tokenizer)
    one.save_model()  # also where nothing was trained: a finished run is saved from its checkpoint
    saved = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert saved.config.eos_token_id == tokenizer.eos_token_id == 2
    assert saved.generation_config.eos_token_id == [2, 5, 7]
    assert not saved.generation_config.do_sample
    assert saved.generation_config.temperature is saved.generation_config.repetition_penalty is None
    assert saved.generation_config.sequence_bias == bias
    assert (tmp_path / "chat_template.jinja").read_text(encoding="utf-8").startswith("{{- bos_token")
    assert AutoTokenizer.from_pretrained(tmp_path).chat_template == served_chat_template(tokenizer)


def test_a_model_that_ends_there_is_left_as_it_is() -> None:
    tokenizer = wordpiece_tokenizer()
    tokenizer.eos_token = "[SEP]"
    model = bert_decoder(len(tokenizer), eos_token_id=tokenizer.eos_token_id)
    generate_as_trained(model, tokenizer)
    assert model.generation_config.eos_token_id == model.config.eos_token_id == tokenizer.eos_token_id
