"""A model that cannot be loaded is named, by whichever command."""

from pathlib import Path

import pytest

from uniner_hf.cli import main
from uniner_hf.cli.loading import load_pipeline


@pytest.mark.parametrize("command", ["extract", "evaluate"])
def test_a_model_that_cannot_be_had_is_named(
    command: str, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    arguments = {
        "extract": ["Ada", "--types", "person"],
        "evaluate": ["--sets", "crossner_ai", "--data-dir", str(raw), "--output", str(tmp_path / "out")],
    }
    assert main([command, *arguments[command], "--model", "nosuch"]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(
        f"uniner-hf {command}: --model nosuch: expected a folder, or a Hub model that can be reached"
    )
    assert not (tmp_path / "out").exists()


def test_options_reach_the_pipeline(bundled_model: Path) -> None:
    ner = load_pipeline(str(bundled_model), overlaps="longest")
    assert ner._preprocess_params["overlaps"] == "longest"
