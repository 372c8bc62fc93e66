"""QLoRA from the first command to the last: quantise, train, save, reload, merge, publish, load by id."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hub_stand_in import hub_stand_in
from peft import PeftModel
from tiny_models import llama, llama_tokenizer, write_recipe
from transformers import AutoModelForCausalLM, pipeline

from uniner_hf.cli import main
from uniner_hf.training import run
from uniner_hf.training.adapters import four_bit_model, four_bit_settings

ROOT = Path(__file__).parents[1]
TEXT = "The standard interface and calculator interface are written in Java ."
OPTIONS = {"entity_types": ["program language", "researcher"], "max_new_tokens": 12}
LOAD = f"""
import json, sys
from transformers import pipeline
import uniner_hf
found = [pipeline("universal-ner", model=name, **{OPTIONS})({TEXT!r}) for name in sys.argv[1:]]
print(json.dumps(found))
"""
PUSH = """
import sys
from uniner_hf.cli import main
for folder, name in zip(sys.argv[1::2], sys.argv[2::2]):
    assert main(["push", folder, name, "--kind", "model"]) == 0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `base`, `out` (the adapters) and `merged` are."""
    return tmp_path_factory.mktemp("qlora")


@pytest.fixture(scope="module")
def trained(folder: Path, raw: Path) -> Any:
    """What `uniner-hf train` has in memory when it has written the adapters; they are merged by command as well."""
    tokenizer = llama_tokenizer()
    # bitsandbytes packs the weights of a CPU anew in blocks of 64, where the CPU has AVX-512 for bfloat16.
    llama(len(tokenizer), hidden_size=64).save_pretrained(folder / "base")
    tokenizer.save_pretrained(folder / "base")
    steps = {"max_steps": 100, "save_steps": 100, "learning_rate": 0.01, "optim": "paged_adamw_8bit"}
    config = write_recipe(folder, raw, method="qlora", question_attention="independent", **steps)
    carry_out, kept = run.train, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datasets.config.HF_DATASETS_CACHE", str(folder / "datasets-cache"))
        patch.setattr(run, "train", lambda *given: kept.append(carry_out(*given)))
        assert main(["train", "--config", str(config)]) == 0
    assert main(["merge", str(folder / "out"), "--output", str(folder / "merged")]) == 0
    return kept[0]


def logits(model: Any) -> torch.Tensor:
    inputs = llama_tokenizer()(TEXT, return_tensors="pt")
    with torch.no_grad():
        found: torch.Tensor = model.eval()(**inputs).logits
    return found


def entities(model: Any, **given: Any) -> Any:
    ner: Any = pipeline("universal-ner", model=model, **OPTIONS, **given)
    return ner(TEXT)


@pytest.mark.slow
def test_reloaded_in_four_bits_it_is_the_model_that_was_trained(trained: Any, folder: Path) -> None:
    base, out = str(folder / "base"), str(folder / "out")
    assert type(trained.model.get_base_model().model.layers[0].mlp.up_proj.base_layer).__name__ == "Linear4bit"
    reloaded = PeftModel.from_pretrained(four_bit_model(base), out)
    assert torch.equal(logits(reloaded), logits(trained.model))
    assert not torch.allclose(logits(reloaded), logits(four_bit_model(base)), atol=0.1)
    by_pipeline = entities(out, model_kwargs={"quantization_config": four_bit_settings()})
    in_memory = entities(trained.model.get_base_model(), tokenizer=trained.processing_class)
    # Read anew, bitsandbytes packs the weights for AVX-512 where a CPU has it, which moves the scores a little.
    assert [one.pop("score") for one in by_pipeline] == pytest.approx(
        [one.pop("score") for one in in_memory], abs=1e-3
    )
    assert by_pipeline == in_memory
    assert [(one["entity_group"], one["word"]) for one in by_pipeline] == [("program language", "Java")]


@pytest.mark.slow
def test_merged_it_is_the_base_model_in_full_precision_with_the_adapters(trained: Any, folder: Path) -> None:
    merged = AutoModelForCausalLM.from_pretrained(folder / "merged")
    whole = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folder / "base"), folder / "out")
    assert torch.allclose(logits(merged), logits(whole), atol=1e-5)
    assert not torch.allclose(logits(merged), logits(trained.model), atol=1e-3), "four bits are not the full model"


@pytest.mark.slow
@pytest.mark.usefixtures("trained")
def test_adapters_and_merged_model_are_published_and_loaded_by_their_ids(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adapters = tmp_path / "adapters"
    shutil.copytree(folder / "out", adapters)
    card = (adapters / "README.md").read_text(encoding="utf-8")
    (adapters / "README.md").write_text(card.replace(str(folder / "out"), str(adapters)), encoding="utf-8")
    assert main(["push", str(adapters), "me/tiny-qlora", "--kind", "model"]) == 1
    assert "model and write its id into base_model_name_or_path, or merge them" in capsys.readouterr().err
    settings = adapters / "adapter_config.json"
    said = json.loads(settings.read_text(encoding="utf-8"))
    settings.write_text(json.dumps(said | {"base_model_name_or_path": "me/tiny-base"}), encoding="utf-8")

    with hub_stand_in() as hub:
        base = {path.name: path.read_bytes() for path in (folder / "base").iterdir()}
        hub.repositories["model", "me/tiny-base"] = {"main": base}
        environment = hub.environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT)}

        def run(program: str, *given: str) -> str:
            done = subprocess.run(
                [sys.executable, "-c", program, *given], env=environment, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, done.stderr
            return done.stdout.splitlines()[-1]

        run(PUSH, str(adapters), "me/tiny-qlora", str(folder / "merged"), "me/tiny-merged")
        published = {name: hub.repositories["model", name]["main"] for name in ("me/tiny-qlora", "me/tiny-merged")}
        for name, files in published.items():
            assert {"tokenizer.json", "chat_template.jinja", "README.md"} <= files.keys()
            assert f'model="{name}"'.encode() in files["README.md"]
        assert "model.safetensors" not in published["me/tiny-qlora"]
        assert "adapter_config.json" not in published["me/tiny-merged"]
        by_id = json.loads(run(LOAD, *published))
    assert by_id == [entities(str(folder / name)) for name in ("out", "merged")]
    assert all(by_id)
