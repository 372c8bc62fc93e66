"""`uniner-hf datasets`: what it prints, and its exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from uniner_hf.cli import main


def test_list_is_a_table_of_the_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["set", "domain", "types", "passages", "licence", "access", "here"]
    (ai,) = [line for line in lines if line.startswith("crossner_ai ")]
    assert ai.split() == ["crossner_ai", "general", "13", "100/350/431", "MIT", "public", "?"]
    assert not any(line.startswith("wnut17") for line in lines), "it is no part of the benchmark"


def test_list_as_json_says_what_is_here(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["datasets", "list", "--format", "json", "--sets", "crossner_ai,ncbi,wnut17", "--data-dir", str(raw)])
        == 0
    )
    ai, ncbi, wnut = map(json.loads, capsys.readouterr().out.splitlines())
    assert (ai["here"], ncbi["here"], wnut["here"]) == (["train", "validation", "test"], ["validation"], ["train"])
    assert ai == {
        "set": "crossner_ai", "title": "CrossNER", "homepage": "https://github.com/zliucr/CrossNER",
        "hub": "DFKI-SLT/cross_ner", "domain": "general", "types": 13,
        "passages": {"train": 100, "validation": 350, "test": 431},
        "table6": {"train": 100, "validation": 350, "test": 431}, "licence": "MIT", "access": "public",
        "here": ["train", "validation", "test"],
    }  # fmt: skip


def test_list_as_json_says_what_is_not_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list", "--format", "json", "--sets", "i2b2_2010"]) == 0
    i2b2 = json.loads(capsys.readouterr().out)
    assert i2b2["passages"] == {"train": None, "test": None}, "nobody could count its files"
    assert i2b2["table6"] == {"train": 14553, "validation": 1762, "test": 27625}
    assert i2b2["here"] is None, "no folder was named"
    assert main(["datasets", "list", "--format", "json", "--sets", "i2b2_2010", "--data-dir", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["here"] == []


def test_the_table_says_which_splits_are_here(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, here in ((raw, "train, validation, test"), (tmp_path, "no")):
        assert main(["datasets", "list", "--sets", "crossner_ai", "--data-dir", str(folder)]) == 0
        assert capsys.readouterr().out.splitlines()[1].endswith(f"  {here}")


@pytest.mark.parametrize("action", ["list", "check", "export"])
def test_a_folder_that_does_not_exist_is_bad_usage(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["--output", str(tmp_path / "out")] if action == "export" else []
    with pytest.raises(SystemExit) as stop:
        main(["datasets", action, "--data-dir", str(tmp_path / "nope"), *output])
    assert stop.value.code == 2
    assert f"--data-dir: expected a folder, found none at '{tmp_path / 'nope'}'" in capsys.readouterr().err


def test_check_fails_on_files_that_are_not_those_of_the_catalogue(
    raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["datasets", "check", "--sets", "crossner_ai", "--data-dir", str(raw)]) == 1
    captured = capsys.readouterr()
    reports = [json.loads(line) for line in captured.out.splitlines()]
    assert [(one["split"], one["passages"], len(one["problems"])) for one in reports] == [
        ("train", 2, 1),
        ("validation", 1, 1),
        ("test", 3, 1),
    ]
    assert "PROBLEM: expected 100 passages and 489 mentions, found 2 and 4" in captured.err
    assert captured.err.endswith("3 splits checked, 3 problems\n")


def test_check_tells_files_of_another_set(tmp_path: Path, raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = raw / "crossner" / "ai" / "test.txt"
    target = tmp_path / "crossner" / "politics" / "test.txt"
    target.parent.mkdir(parents=True)
    shutil.copy(source, target)
    assert main(["datasets", "check", "--sets", "crossner_politics", "--data-dir", str(tmp_path)]) == 1
    assert "found the label" in capsys.readouterr().err


def test_check_goes_on_after_a_broken_file_and_misses_what_was_named(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "crossner" / "ai" / "test.txt"
    broken.parent.mkdir(parents=True)
    broken.write_text("Ada B-person", encoding="utf-8")
    whole = tmp_path / "ncbi" / "NCBI-disease-IOB" / "devel.tsv"
    whole.parent.mkdir(parents=True)
    shutil.copy(raw / "ncbi" / "NCBI-disease-IOB" / "devel.tsv", whole)
    assert main(["datasets", "check", "--sets", "crossner_ai,ncbi", "--data-dir", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert [json.loads(line)["row"] for line in captured.out.splitlines()] == ["ncbi"]
    assert "PROBLEM" in captured.err and "test.txt:1: expected" in captured.err
    assert "crossner_ai/train: not here\ncrossner_ai/validation: not here" in captured.err
    assert captured.err.endswith("1 splits checked, 6 problems\n")


def test_a_set_stands_for_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list", "--sets", "mapa,crossner_ai", "--format", "json"]) == 0
    assert [json.loads(line)["set"] for line in capsys.readouterr().out.splitlines()] == [
        "mapa_coarse", "mapa_fine", "crossner_ai"
    ]  # fmt: skip


def test_check_without_files_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "check", "--data-dir", str(tmp_path)]) == 1
    assert "found none of them" in capsys.readouterr().err


def test_an_unknown_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list", "--sets", "ncbix"]) == 1
    told = capsys.readouterr().err
    assert "Expected the name of a data set, found 'ncbix'; did you mean 'ncbi'? The names are " in told
    assert main(["datasets", "list", "--sets", "qqqqqq"]) == 1
    assert "found 'qqqqqq'; the names are " in capsys.readouterr().err


def test_an_action_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["datasets"])
    assert stop.value.code == 2


def test_the_manual_lists_the_sets_as_the_command_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list", "--all", "--format", "markdown"]) == 0
    manual = (Path(__file__).parents[1] / "docs" / "sets.md").read_text(encoding="utf-8")
    assert manual.endswith(capsys.readouterr().out)
