"""`uniner-hf calibrate`: what it writes, and that the pipeline reads it."""

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from transformers import pipeline

from uniner_hf.cli import main
from uniner_hf.evaluation.calibration import calibrate, reliability_plot


@pytest.fixture
def model(bundled_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_model, tmp_path / "model"))


def test_the_command_fits_stores_and_the_pipeline_reads(
    model: Path, raw: Path, tmp_path: Path, datasets_cache: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text, types = "Barack Obama was born in Honolulu.", ["person", "location"]
    stored = json.loads((model / "config.json").read_text(encoding="utf-8"))
    stored["score_scale"] = {"temperature": 7.0}  # of an earlier fit: it must not be fitted upon
    (model / "config.json").write_text(json.dumps(stored), encoding="utf-8")
    arguments = ["calibrate", "--model", str(model), "--sets", "wnut17,litbank,wikigold", "--split", "train"]
    arguments += ["--data-dir", str(raw), "--output", str(tmp_path / "out"), "--store"]
    assert main(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    report = json.loads((tmp_path / "out" / "calibration.json").read_text(encoding="utf-8"))
    assert report["scale"]["temperature"] == printed["temperature"] and report["entities"] > 0
    again = json.loads((model / "config.json").read_text(encoding="utf-8"))
    assert again.pop("score_scale") == {name: round(value, 4) for name, value in report["scale"].items()}
    stored.pop("score_scale")
    assert again == stored, "nothing else changed"

    ner: Any = pipeline("universal-ner", model=str(model))
    plain: Any = pipeline("universal-ner", model=str(model))
    plain.model.config.score_scale = {}
    mended, as_it_was = ner(text, entity_types=types), plain(text, entity_types=types)
    assert [one["word"] for one in mended] == [one["word"] for one in as_it_was] != []
    assert [one["score"] for one in mended] != [one["score"] for one in as_it_was]


def test_what_cannot_be_stored_is_bad_usage(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["calibrate", "--sets", "crossner_ai", "--data-dir", str(raw), "--output", str(tmp_path), "--store"]
    with pytest.raises(SystemExit):
        main(arguments)
    assert "expected --store with a folder in --model, found None" in capsys.readouterr().err


def test_the_plot_is_a_picture_of_both() -> None:
    calibration = calibrate([0.9, 0.95, 0.6, 0.3, 0.9], [True, False, True, False, True])
    picture = ElementTree.fromstring(reliability_plot(calibration))
    assert len(picture.findall("{*}polyline")) == 2
    assert len(picture.findall("{*}circle")) == len(calibration.before) + len(calibration.after)
