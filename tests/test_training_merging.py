"""Adapters merged into their base model, in Python and by the command."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel
from tiny_models import llama, llama_tokenizer, passages, settings
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

from uniner_hf.cli import main
from uniner_hf.training.generation_settings import served_chat_template
from uniner_hf.training.merging import merge_adapters
from uniner_hf.training.trainer import UniNERTrainer

TEXT = "Ada Lovelace met Angela Merkel in Berlin ."


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    tokenizer = llama_tokenizer()
    model = llama(len(tokenizer))
    model.config.eos_token_id = model.generation_config.eos_token_id = 5
    model.to(torch.bfloat16).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    args = settings(tmp_path / "adapters", max_steps=3, learning_rate=0.05, model_init_kwargs={"dtype": "float32"})
    lora = LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")
    one = UniNERTrainer(str(tmp_path / "base"), args, passages(), processing_class=tokenizer, peft_config=lora)
    one.train()
    one.save_model()
    return tmp_path / "adapters"


def logits(model: Any) -> torch.Tensor:
    inputs = llama_tokenizer()(TEXT, return_tensors="pt")
    with torch.no_grad():
        found: torch.Tensor = model(**inputs).logits
    return found


def test_the_merged_model_is_the_base_model_with_its_adapters(adapters: Path, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    merge_adapters(str(adapters), out, dtype=torch.float32)
    base = AutoModelForCausalLM.from_pretrained(tmp_path / "base", dtype=torch.float32)
    alone = logits(base)
    expected = logits(PeftModel.from_pretrained(base, adapters))
    merged = AutoModelForCausalLM.from_pretrained(out)
    assert torch.allclose(logits(merged), expected, atol=1e-5)
    assert not torch.allclose(expected, alone, atol=0.1)
    assert type(merged).__name__ == "LlamaForCausalLM" and not (out / "adapter_config.json").exists()
    assert merged.generation_config.eos_token_id == [2, 5]
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert (tokenizer.eos_token_id, tokenizer.pad_token) == (2, "<unk>")
    assert (out / "chat_template.jinja").read_text(encoding="utf-8") == served_chat_template(llama_tokenizer())

    def entities(folder: Path) -> Any:
        ner: Any = pipeline("universal-ner", model=str(folder), max_new_tokens=10, dtype="float32")
        return [(one["word"], round(one["score"], 4)) for one in ner(TEXT, entity_types=["person", "city"])]

    assert entities(out) == entities(adapters)


def test_the_card_is_that_of_a_whole_model(adapters: Path, tmp_path: Path) -> None:
    before = (adapters / "README.md").read_text(encoding="utf-8")
    assert "library_name: peft" in before and "holds adapters" in before and "mean loss" in before
    assert "named-entity-recognition" in before and str(tmp_path / "base") not in before
    merge_adapters(str(adapters), tmp_path / "merged")
    card = (tmp_path / "merged" / "README.md").read_text(encoding="utf-8")
    assert "library_name: transformers" in card and "holds adapters" not in card
    assert "are merged into the weights of the base model" in card
    assert f'model="{tmp_path / "merged"}"' in card and str(adapters) not in card


@pytest.mark.parametrize(("option", "dtype"), [([], torch.bfloat16), (["--dtype", "float16"], torch.float16)])
def test_the_command_writes_the_type_of_the_base_model_or_another(
    adapters: Path, tmp_path: Path, option: list[str], dtype: torch.dtype
) -> None:
    out = tmp_path / "merged"
    assert main(["merge", str(adapters), "--output", str(out), *option]) == 0
    assert AutoModelForCausalLM.from_pretrained(out).dtype == dtype


def test_a_checkpoint_has_the_card_of_peft_and_it_is_told_where_there_is_none(
    adapters: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (adapters / "README.md").write_text("---\ntags: [lora, base_model:adapter:x, trl]\n---\n", encoding="utf-8")
    merge_adapters(str(adapters), tmp_path / "one")
    assert "lora" not in (tmp_path / "one" / "README.md").read_text(encoding="utf-8")
    (adapters / "README.md").unlink()
    merge_adapters(str(adapters), tmp_path / "two")
    assert not (tmp_path / "two" / "README.md").exists()
    assert "no README.md stands beside the adapters" in caplog.text


def test_mistakes_are_one_sentence(adapters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(given: Path, output: Path) -> str:
        assert main(["merge", str(given), "--output", str(output)]) == 1
        return capsys.readouterr().err.splitlines()[-1]

    assert "Expected a folder without a model as output, found one in" in told(adapters, tmp_path / "base")
    assert "Expected a folder without a model as output, found one in" in told(adapters, adapters)
    assert "found no adapter_config.json; name the output_dir" in told(tmp_path / "base", tmp_path / "merged")
    settings = adapters / "adapter_config.json"
    said = json.loads(settings.read_text(encoding="utf-8"))
    settings.write_text(json.dumps(said | {"base_model_name_or_path": str(tmp_path / "gone")}), encoding="utf-8")
    sentence = told(adapters, tmp_path / "merged")
    assert "Expected the base model of" in sentence and "write where it is into base_model_name_or_path" in sentence
    (adapters / "tokenizer_config.json").unlink()
    assert "Expected a tokenizer beside the adapters" in told(adapters, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_a_base_model_in_four_bits_is_refused(adapters: Path, tmp_path: Path) -> None:
    settings = tmp_path / "base" / "config.json"
    said = json.loads(settings.read_text(encoding="utf-8"))
    four_bits = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    settings.write_text(json.dumps(said | {"quantization_config": four_bits}), encoding="utf-8")
    with pytest.raises(ValueError, match="in full precision, found it quantised, .* write its unquantised twin"):
        merge_adapters(str(adapters), tmp_path / "merged")
