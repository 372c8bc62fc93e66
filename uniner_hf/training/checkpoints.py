"""How far a run has come: its last whole checkpoint, and whether its model is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from transformers import TrainerState
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint in the folder of a run.

    Args:
        folder: where it lies.
        state: of the trainer at that step, with the history of the loss.
    """

    folder: Path
    state: TrainerState


def last_checkpoint(output: Path) -> Checkpoint | None:
    """Return the last whole checkpoint of a run, None where there is none.

    The state of the trainer is the last file of a checkpoint: one without it was cut off while it was written.

    Args:
        output: folder of the run, which need not exist.
    """
    found = [
        Checkpoint(path.parent, TrainerState.load_from_json(str(path)))
        for path in output.glob(f"{PREFIX_CHECKPOINT_DIR}-*/{TRAINER_STATE_NAME}")
    ]
    return max(found, key=lambda checkpoint: checkpoint.state.global_step, default=None)


def final_folder(checkpoint: Checkpoint, *, best: bool) -> Path:
    """Return the folder of the checkpoint that a finished run ends with.

    Args:
        checkpoint: its last one.
        best: whether it ends with the best checkpoint by its metric rather than the last.
    """
    found = checkpoint.state.best_model_checkpoint
    # The path is that of the time of the training; the folder of the run may have been moved since.
    return checkpoint.folder.with_name(Path(found).name) if best and found else checkpoint.folder


def model_is_written(output: Path, step: int) -> bool:
    """Tell whether a folder holds the model of that step: its weights, and the state that `train` writes after them.

    Args:
        output: folder of the run.
        step: which the model has reached.
    """
    state = output / TRAINER_STATE_NAME
    written = state.is_file() and any(output.glob("*.safetensors"))
    return written and TrainerState.load_from_json(str(state)).global_step == step
