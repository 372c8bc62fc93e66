"""A decoder from a BERT encoder: what it encodes at the start, its tokenizer, its size."""

from pathlib import Path

import pytest
import torch
from tiny_models import llama, save_bert_encoder, wordpiece_tokenizer
from transformers import BertConfig, BertLMHeadModel, BertModel

from uniner_hf.conversations import EOS_TOKEN, passage_messages, question, render
from uniner_hf.decoding.attention import question_mask
from uniner_hf.decoding.prompt_tokens import prompt_tokens
from uniner_hf.schema import Message
from uniner_hf.training.warm_start import TEMPLATE_PIECES, decoder_from_encoder, template_tokenizer

TEXT = "Ada Lovelace never met Marie Curie ."


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    save_bert_encoder(folder)
    return folder


@torch.no_grad()
def test_the_passage_is_encoded_as_the_encoder_does(encoder: Path) -> None:
    model, tokenizer = decoder_from_encoder(str(encoder))
    tokens = prompt_tokens(tokenizer, render(passage_messages(TEXT)))
    mask = question_mask(torch.tensor([tokens.segments]), bidirectional=True)
    found = model.bert(
        input_ids=torch.tensor([tokens.input_ids]),
        attention_mask=mask,
        token_type_ids=torch.tensor([tokens.letter_case]),
        use_cache=False,
    ).last_hidden_state
    old = wordpiece_tokenizer()
    # the fixed turn and its end token each close the passage
    framed = [*old(TEXT).input_ids, old.sep_token_id]
    expected = BertModel.from_pretrained(encoder).eval()(input_ids=torch.tensor([framed])).last_hidden_state
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, atol=1e-5)


def test_pieces_of_the_template_are_single_tokens_and_the_string_stays_what_it_is() -> None:
    tokenizer = template_tokenizer(wordpiece_tokenizer())
    asked = [
        *passage_messages(TEXT.lower()),
        Message("user", question("person")),
        Message("assistant", '["ada lovelace", "marie curie"]'),
        Message("user", question("award")),
        Message("assistant", "[]"),
    ]
    text = render(asked).text
    ids = tokenizer(text, add_special_tokens=False).input_ids
    pieces = tokenizer.convert_ids_to_tokens(ids)
    assert set(TEMPLATE_PIECES) <= set(pieces)
    assert pieces[pieces.index("USER: What describes") :][:5] == [
        "USER: What describes", "person", "in the text? ASSISTANT:", '["', "ada"
    ]  # fmt: skip
    assert tokenizer.decode(ids).replace(" ", "") == text.replace(" ", "")
    answer = ids[pieces.index('["') : pieces.index('"]') + 1]
    assert tokenizer.decode(answer) == '["ada lovelace", "marie curie"]'


def test_what_the_encoder_had_and_the_decoder_does_not_need_is_gone() -> None:
    old, tokenizer = wordpiece_tokenizer(), template_tokenizer(wordpiece_tokenizer())
    gone = {"[CLS]", "[SEP]", "[MASK]", "[unused0]"}
    assert gone <= set(old.get_vocab()) and not gone & set(tokenizer.get_vocab())
    assert set(tokenizer.get_vocab()) - set(old.get_vocab()) == {*TEMPLATE_PIECES, EOS_TOKEN}
    assert sorted(tokenizer.get_vocab().values()) == list(range(len(tokenizer)))
    assert tokenizer("").input_ids == []
    assert (tokenizer.eos_token, tokenizer.pad_token, tokenizer.unk_token) == (EOS_TOKEN, "[PAD]", "[UNK]")


@torch.no_grad()
def test_embeddings_of_the_template(encoder: Path) -> None:
    model, tokenizer = decoder_from_encoder(str(encoder))
    old = wordpiece_tokenizer()
    before = BertModel.from_pretrained(encoder).embeddings.word_embeddings.weight
    after = model.get_input_embeddings().weight

    def embedding(token: str) -> torch.Tensor:
        return after[tokenizer.convert_tokens_to_ids(token)]

    assert torch.equal(embedding(TEMPLATE_PIECES[0]), before[old.cls_token_id])
    assert torch.equal(embedding(TEMPLATE_PIECES[1]), before[old.sep_token_id])
    assert torch.equal(embedding(EOS_TOKEN), before[old.sep_token_id])
    assert torch.equal(embedding("berlin"), before[old.convert_tokens_to_ids("berlin")])
    parts = old("USER: What describes", add_special_tokens=False).input_ids
    assert len(parts) > 1
    assert torch.allclose(embedding("USER: What describes"), before[parts].mean(dim=0))


def test_the_head_is_tied_and_its_transform_starts_as_the_identity(encoder: Path) -> None:
    model, tokenizer = decoder_from_encoder(str(encoder))
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight
    assert torch.equal(model.cls.predictions.transform.dense.weight, torch.eye(32))
    assert model.config.bidirectional_passage and model.config.letter_case_types and model.config.is_decoder
    assert tokenizer.model_max_length == model.config.max_position_embeddings == 256
    assert (model.config.vocab_size, model.config.eos_token_id) == (len(tokenizer), tokenizer.eos_token_id)


def test_other_architectures_are_refused(tmp_path: Path) -> None:
    tokenizer = wordpiece_tokenizer()
    llama(len(tokenizer)).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="Expected a BERT encoder at .*, found llama"):
        decoder_from_encoder(str(tmp_path))


def test_weights_of_the_bundled_size_stay_within_45_megabytes() -> None:
    """Geometry and word pieces of all-MiniLM-L6-v2: 30,522 with 994 unused places, in float16."""
    pieces = 30_522 - 994 - 3 + 1 + len(TEMPLATE_PIECES)
    config = BertConfig(
        vocab_size=pieces,
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
        type_vocab_size=3,
        is_decoder=True,
    )
    with torch.device("meta"):
        model = BertLMHeadModel(config)
    assert 2 * model.num_parameters() < 45_000_000
