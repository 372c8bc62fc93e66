"""The examples run, and the example page shows what they print."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(name: str) -> str:
    command = [sys.executable, str(ROOT / "examples" / name)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.mark.slow
def test_quickstart_prints_entities_with_their_place(bundled_model: Path) -> None:
    printed = run("quickstart.py")
    assert "'word': 'Barack Obama', 'start': 0, 'end': 12" in printed


@pytest.mark.slow
def test_example_page_is_what_the_program_prints(bundled_model: Path) -> None:
    # Scores may differ in the last digit from one machine to the next.
    def without_scores(page: str) -> str:
        return re.sub(r"\| \d\.\d\d \|", "| |", page)

    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    assert without_scores(run("ten_sentences.py")) == without_scores(page)
