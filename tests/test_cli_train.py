"""`uniner-hf train` end to end on excerpts of real files, and its mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_models import save_bert_encoder, write_recipe
from transformers import AutoModelForCausalLM

from uniner_hf.cli import main


@pytest.fixture
def recipe(tmp_path: Path, raw: Path, datasets_cache: Path) -> Path:
    save_bert_encoder(tmp_path / "base")
    more = {"warm_start": True, "question_attention": "independent", "loss_vocabulary": "passage", "max_steps": 9}
    return write_recipe(tmp_path, raw, **more)


def test_a_recipe_is_carried_out(recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    assert main(["train", "--config", str(recipe), "--max_steps", "2", "--output-dir", str(out), "--seed=3"]) == 0
    assert json.loads((out / "checkpoint-2" / "trainer_state.json").read_text())["global_step"] == 2
    assert AutoModelForCausalLM.from_pretrained(out).config.bidirectional_passage
    assert not (tmp_path / "out").exists()


def test_the_plan_is_json_and_trains_nothing(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--plan", "--config", str(recipe), "--max_steps", "4"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["passages"], told["steps"]) == ({"crossner_ai": 3}, 4)
    assert not any((tmp_path / "out").glob("checkpoint-*"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max_stepz", "2"], "unknown key 'max_stepz': did you mean max_steps?"),
        (["--max_steps"], "expected --KEY VALUE, found '--max_steps' without a value"),
        (["max_steps", "2"], "expected --KEY VALUE, found 'max_steps'"),
    ],
)
def test_bad_usage_exits_2_with_one_sentence(
    recipe: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["train", "--config", str(recipe), *options])
    assert stop.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"uniner-hf train: error: {message}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"sets": {"crossner_ai": {"splits": ["dev"]}}},
            "Expected the splits of crossner_ai to be of train, validation",
        ),
        ({"qqq": 1}, "unknown key 'qqq'"),
        ({"data_dir": "no-such-folder"}, "Expected the folder of the original files at no-such-folder, found none"),
    ],
)
def test_a_failure_is_one_sentence_and_exit_1(
    tmp_path: Path, raw: Path, datasets_cache: Path, options: Any, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--config", str(write_recipe(tmp_path, raw, **options))]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("uniner-hf train: ") and message in told


def test_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--config", "no-such.yaml"]) == 1
    assert capsys.readouterr().err == "uniner-hf train: no-such.yaml: No such file or directory\n"


def test_other_commands_still_refuse_what_they_do_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["extract", "text", "--types", "a", "--max_steps", "2"])
    assert stop.value.code == 2
    assert "unrecognized arguments: --max_steps 2" in capsys.readouterr().err
