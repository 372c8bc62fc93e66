"""How far a run has come, read from the files of its folder."""

from pathlib import Path

import pytest
from transformers import TrainerState

from uniner_hf.training.checkpoints import last_checkpoint, model_is_written


def write_state(folder: Path, step: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    TrainerState(global_step=step).save_to_json(str(folder / "trainer_state.json"))


def test_the_last_checkpoint_is_that_of_most_steps(tmp_path: Path) -> None:
    for step in (90, 100, 20):
        write_state(tmp_path / f"checkpoint-{step}", step)
    found = last_checkpoint(tmp_path)
    assert found is not None
    assert (found.folder, found.state.global_step) == (tmp_path / "checkpoint-100", 100)


def test_a_checkpoint_without_its_state_was_cut_off(tmp_path: Path) -> None:
    write_state(tmp_path / "checkpoint-1", 1)
    (tmp_path / "checkpoint-2").mkdir()
    found = last_checkpoint(tmp_path)
    assert found is not None and found.state.global_step == 1


def test_no_checkpoint(tmp_path: Path) -> None:
    write_state(tmp_path, 3)  # of the run itself
    assert last_checkpoint(tmp_path) is None
    assert last_checkpoint(tmp_path / "nowhere") is None


@pytest.mark.parametrize("name", ["model.safetensors", "model-00001-of-00002.safetensors"])
def test_a_model_is_written_with_its_weights_and_then_its_state(tmp_path: Path, name: str) -> None:
    assert not model_is_written(tmp_path, 2)
    (tmp_path / name).touch()
    assert not model_is_written(tmp_path, 2), "cut off before the state"
    write_state(tmp_path, 2)
    assert model_is_written(tmp_path, 2)
    assert not model_is_written(tmp_path, 3), "the model of an earlier step"
    (tmp_path / name).unlink()
    assert not model_is_written(tmp_path, 2)
