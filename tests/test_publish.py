"""Models and data sets on a stand-in for the Hub: pushed by the command, loaded by their id."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hub_stand_in import hub_stand_in
from tiny_checkpoints import save_llama

from uniner_hf.cli import main
from uniner_hf.hub.export import export_benchmark
from uniner_hf.hub.publish import push_dataset, push_model

ROOT = Path(__file__).parents[1]
LOAD = """
import json
from transformers import pipeline
import uniner_hf
ner = pipeline("universal-ner", model="me/ner-tiny", entity_types=["person", "city"], max_new_tokens=12)
print(json.dumps(ner("Barack Obama met Angela Merkel in Berlin .")))
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    save_llama(folder)
    (folder / "README.md").write_text(f'---\nlicense: mit\n---\n\nmodel="{folder}"\n', encoding="utf-8")
    (folder / "checkpoint-2").mkdir()
    (folder / "checkpoint-2" / "model.safetensors").write_bytes(b"old")
    (folder / "trainer_state.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_pushed_model_is_loaded_by_its_id(model: Path, tmp_path: Path) -> None:
    with hub_stand_in() as hub:
        environment = hub.environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT)}

        def run(*command: str) -> str:
            done = subprocess.run(
                [sys.executable, *command], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        address = run("-m", "uniner_hf", "push", str(model), "me/ner-tiny", "--kind", "model")
        assert address.strip().endswith("/me/ner-tiny")
        files = hub.repositories["model", "me/ner-tiny"]["main"]
        assert {"model.safetensors", "config.json", "tokenizer.json", "README.md"} <= files.keys()
        assert not [path for path in files if "checkpoint" in path or "trainer_state" in path]
        assert b'model="me/ner-tiny"' in files["README.md"]
        by_id = json.loads(run("-c", LOAD).splitlines()[-1])
        here = json.loads(run("-c", LOAD.replace("me/ner-tiny", str(model))).splitlines()[-1])
    assert by_id == here


@pytest.mark.usefixtures("datasets_cache")
def test_data_that_may_not_be_passed_on_is_refused(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = export_benchmark(["wikiann"], raw, tmp_path / "export")
    assert main(["push", str(folder), "me/ner", "--kind", "dataset"]) == 1
    assert "found wikiann (public, licence: unclear)" in capsys.readouterr().err


def test_adapters_of_a_base_model_in_a_folder_are_refused(model: Path, tmp_path: Path) -> None:
    (model / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(tmp_path)}), "utf-8")
    with pytest.raises(ValueError, match=r"a Hub id, found the folder .* or merge them \(uniner-hf merge\)"):
        push_model(model, "me/x")


def test_what_is_no_model_and_no_data_set_is_told(model: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="found no .safetensors file; name the output_dir of a training"):
        push_model(tmp_path, "me/x")
    (model / "README.md").unlink()
    with pytest.raises(FileNotFoundError, match="found no README.md; write one that names the training data"):
        push_model(model, "me/x")
    with pytest.raises(FileNotFoundError, match="found no README.md; write it with uniner-hf datasets export"):
        push_dataset(tmp_path, "me/x")
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Expected configurations in the head of .*README.md, found none"):
        push_dataset(tmp_path, "me/x")
