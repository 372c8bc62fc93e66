"""The curves of a training, read from its history and drawn as PNG."""

from pathlib import Path

from PIL import Image
from transformers import TrainerState, TrainingArguments

from uniner_hf.training.curves import FILE, CurvesCallback, curves, draw_curves

HISTORY = [
    {"eval_development_loss": 3.0, "eval_development_f1": 0.0, "step": 0},
    {"eval_probe_loss": 2.0, "eval_probe_f1": 0.5, "step": 0},
    {"loss": 2.5, "grad_norm": 1.0, "learning_rate": 1e-3, "step": 5},
    {"eval_development_loss": 1.0, "eval_development_f1": 0.4, "eval_entropy": 0.1, "step": 10},
    {"eval_loss": 1.5, "eval_f1": 0.3, "eval_f1_of_mine": 0.1, "step": 10},
    {"train_runtime": 9.0, "train_loss": 1.9, "step": 10},
]


def test_curves_of_a_history() -> None:
    assert curves(HISTORY) == {
        "loss": {
            "development": [(0, 3.0), (10, 1.0)],
            "probe": [(0, 2.0)],
            "training": [(5, 2.5)],
            "evaluation": [(10, 1.5)],
        },
        "f1": {"development": [(0, 0.0), (10, 0.4)], "probe": [(0, 0.5)], "evaluation": [(10, 0.3)]},
    }
    assert curves([{"train_loss": 1.0, "step": 3}]) == {}


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        return image.size


def test_the_file_is_a_png_with_a_panel_for_each_figure(tmp_path: Path) -> None:
    draw_curves(HISTORY, tmp_path / "both.png")
    draw_curves(HISTORY[2:3], tmp_path / "loss.png")
    (width, height), (same, half) = size(tmp_path / "both.png"), size(tmp_path / "loss.png")
    assert (same, 2 * half) == (width, height)
    draw_curves([], tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_only_the_main_process_draws(tmp_path: Path) -> None:
    state = TrainerState(log_history=HISTORY, is_world_process_zero=False)
    args = TrainingArguments(str(tmp_path), use_cpu=True)
    CurvesCallback().on_train_end(args, state, None)
    assert not (tmp_path / FILE).exists()
    state.is_world_process_zero = True
    CurvesCallback().on_evaluate(args, state, None)
    assert (tmp_path / FILE).exists()
