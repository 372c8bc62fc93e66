"""The plot of types by frequency: mentions over rank, both on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from uniner_hf.distillation.statistics import Statistics

FILES = ("rank_frequency.png", "rank_frequency.svg")


def corners(mentions: Iterable[int]) -> list[tuple[int, int]]:
    """Return rank and mentions of the first and the last type of each frequency: thousands of rare types are a line.

    Args:
        mentions: of each type, the most frequent one first.

    Example:
        >>> corners([9, 2, 2, 1, 1, 1])
        [(1, 9), (2, 2), (3, 2), (4, 1), (6, 1)]
    """
    points: list[tuple[int, int]] = []
    start = 1
    for count, types in groupby(mentions):
        end = start + len(list(types)) - 1
        points += [(start, count)] if start == end else [(start, count), (end, count)]
        start = end + 1
    return points


def draw_rank_frequency(statistics: Statistics, folder: Path) -> None:
    """Draw the mentions of each type by its rank as `rank_frequency.png` and `.svg`, with the bands behind them.

    Args:
        statistics: of the set.
        folder: which is there.
    """
    # A figure of its own, not one of pyplot: those are global to the process, and may want a screen.
    figure = Figure(figsize=(7, 4.5), dpi=150, layout="constrained")
    panel = figure.subplots()
    start = 0
    for number, band in enumerate(statistics.bands):
        if band.types:
            # Half a rank beside its types: the first rank is 1, and a logarithm has no 0.
            label = f"{band.name}: {band.types:,} types, {100 * band.share:.1f} % of the entities"
            panel.axvspan(start + 0.5, start + band.types + 0.5, color=f"C{number}", alpha=0.2, lw=0, label=label)
        start += band.types
    ranks, mentions = zip(*corners(statistics.frequencies.values()), strict=True)
    panel.plot(ranks, mentions, color="black", marker=".", markersize=3, linewidth=1)
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlim(0.5, statistics.types + 0.5)
    panel.set_xlabel("rank of the type")
    panel.set_ylabel("entities of the type")
    panel.set_title(f"{statistics.entities:,} entities of {statistics.types:,} types")
    panel.legend()
    # Text stays text in the SVG, and the same set gives the same file.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "uniner-hf"}):
        for name in FILES:
            figure.savefig(folder / name, metadata={"Date": None} if name.endswith(".svg") else None)
