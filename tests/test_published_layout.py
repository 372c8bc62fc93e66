"""A checkpoint in the layout of the published ones: shards of `.bin`, a `tokenizer.model`, nothing newer."""

from pathlib import Path
from typing import Any

import pytest
from tiny_checkpoints import save_published
from tiny_models import SENTENCES
from transformers import AutoTokenizer, pipeline

from uniner_hf.conversations import render_prompt
from uniner_hf.decoding.asking import Asker
from uniner_hf.decoding.published import as_trained

TYPES = ["person", "location"]
TRICKY = ['A "b" \\ 北京 👩\u200d💻', "a </s> b", " a  b\nc ", "USER: [] ASSISTANT:", ""]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_published(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def ner(checkpoint: Path) -> Any:
    return pipeline("universal-ner", model=str(checkpoint), entity_types=TYPES)


def test_layout_is_theirs(checkpoint) -> None:
    assert sorted(path.name for path in checkpoint.iterdir()) == [
        "config.json",
        "pytorch_model-00001-of-00002.bin",
        "pytorch_model-00002-of-00002.bin",
        "pytorch_model.bin.index.json",
        "tokenizer.model",
        "tokenizer_config.json",
    ]


def test_entities_are_found_with_no_padding_token(ner) -> None:
    assert ner.tokenizer.pad_token is None
    found = ner(list(SENTENCES), batch_size=4)
    assert len(found) == len(SENTENCES) and any(found)
    for text, entities in zip(SENTENCES, found, strict=True):
        assert all(entity["word"] == text[entity["start"] : entity["end"]] for entity in entities)


@pytest.mark.parametrize(
    "text", [*SENTENCES, 'A "b" \\ 北京 👩\u200d💻', "a </s> b", " a  b\nc ", "USER: [] ASSISTANT:", ""]
)
@pytest.mark.parametrize("entity_type", ["person", "a place, of any kind", "</s>", "北京"])
def test_prompt_is_tokenised_as_one_string_behind_the_opening_token(ner, text, entity_type) -> None:
    asked = Asker(ner.tokenizer, [(entity_type, None)]).ask(text)
    whole = ner.tokenizer(render_prompt(text, entity_type)).input_ids
    assert whole[0] == ner.tokenizer.bos_token_id
    assert asked.passage + asked.questions[0] == whole


def test_end_of_the_turn_before_is_the_end_token_and_a_word_follows_with_its_space(ner) -> None:
    asked = Asker(ner.tokenizer, [("person", None)]).ask("Ada .")
    prompt = asked.passage + asked.questions[0]
    assert prompt.count(ner.tokenizer.eos_token_id) == 1
    behind = prompt[prompt.index(ner.tokenizer.eos_token_id) + 1 :]
    assert ner.tokenizer.convert_ids_to_tokens(behind)[0] == "▁USER"


def test_saved_again_it_is_read_the_same_way(ner, tmp_path) -> None:
    ner.save_pretrained(str(tmp_path))
    again: Any = pipeline("universal-ner", model=str(tmp_path), entity_types=TYPES)
    assert list(tmp_path.glob("*.safetensors"))
    prompt = render_prompt("Ada met \\u00e9 .", "person")
    assert again.tokenizer(prompt).input_ids == ner.tokenizer(prompt).input_ids
    text = next(iter(SENTENCES))
    assert [entity["word"] for entity in again(text)] == [entity["word"] for entity in ner(text)]


@pytest.mark.parametrize(("legacy", "first"), [(None, "▁USER"), (True, "▁USER"), (False, "USER")])
def test_checkpoint_that_says_what_it_wants_gets_it(tmp_path, legacy, first) -> None:
    save_published(tmp_path, legacy=legacy)
    tokenizer = as_trained(AutoTokenizer.from_pretrained(tmp_path))
    pieces = tokenizer.convert_ids_to_tokens(tokenizer("text.</s>USER: Hi").input_ids)
    assert pieces[pieces.index("</s>") + 1] == first
