"""The curves of a training, drawn from the history that its trainer keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from transformers import TrainerCallback

FILE = "curves.png"
TRAINING = "training"
LABELS = {"loss": "loss (nats per learnt token)", "f1": "entity-level F1 (0 to 1)"}

Curve = list[tuple[int, float]]
_LOGGED = re.compile(r"eval_(?:(?P<set>.+)_)?(?P<figure>loss|f1)")


class CurvesCallback(TrainerCallback):
    """Draws loss and F1 by step to `curves.png` in the output folder, after each evaluation and at the end."""

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._draw(args, state)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._draw(args, state)

    @staticmethod
    def _draw(args: Any, state: Any) -> None:
        if state.is_world_process_zero:
            draw_curves(state.log_history, Path(args.output_dir) / FILE)


def curves(history: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Curve]]:
    """Return the curves of a history, `{"loss" or "f1": {data set: [(step, value), ...]}}`; without values, none.

    Args:
        history: what a trainer has logged, its `state.log_history`.

    Example:
        >>> curves([{"loss": 2.5, "step": 10}, {"eval_development_f1": 0.5, "step": 10}])
        {'loss': {'training': [(10, 2.5)]}, 'f1': {'development': [(10, 0.5)]}}
    """
    drawn: dict[str, dict[str, Curve]] = {"loss": {}, "f1": {}}
    for entry in history:
        for key, value in entry.items():
            if key == "loss":
                drawn["loss"].setdefault(TRAINING, []).append((entry["step"], value))
            elif match := _LOGGED.fullmatch(key):
                name = match["set"] or "evaluation"
                drawn[match["figure"]].setdefault(name, []).append((entry["step"], value))
    return {figure: by_set for figure, by_set in drawn.items() if by_set}


def draw_curves(history: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Draw the curves of a history as PNG, a panel for the loss and one for F1; nothing where there are none.

    Args:
        history: what a trainer has logged, its `state.log_history`.
        path: of the file, in a folder that is there.
    """
    drawn = curves(history)
    if not drawn:
        return
    # A figure of its own, not one of pyplot: those are global to the process, and may want a screen.
    figure = Figure(figsize=(7, 3.2 * len(drawn)), dpi=150, layout="constrained")
    panels = figure.subplots(len(drawn), sharex=True, squeeze=False)[:, 0]
    names = list(dict.fromkeys([TRAINING, *(name for by_set in drawn.values() for name in by_set)]))
    for panel, (figure_name, by_set) in zip(panels, drawn.items(), strict=True):
        for name in sorted(by_set, key=names.index):
            steps, values = zip(*by_set[name], strict=True)
            marker = None if name == TRAINING else "o"  # logged often, and seldom
            panel.plot(steps, values, label=name, color=f"C{names.index(name)}", marker=marker, markersize=3)
        panel.set_ylabel(LABELS[figure_name])
        panel.set_ylim(bottom=0, top=1 if figure_name == "f1" else None)
        panel.legend()
    panels[-1].set_xlabel("optimiser step")
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.savefig(path)
