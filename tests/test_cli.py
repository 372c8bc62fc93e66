"""The command line as a whole: exit status, messages, `--debug`."""

from pathlib import Path

import pytest

from uniner_hf import __version__
from uniner_hf.cli import main

MISSING = ["extract", "--input", "no-such-file.txt", "--types", "person"]


@pytest.mark.parametrize("argv", [[], ["extract"], ["translate"], ["extract", "text", "--types", "a", "--unknown"]])
def test_bad_usage_exits_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert "usage: uniner-hf" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"uniner-hf {__version__}\n"


def test_failure_is_one_sentence_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(MISSING) == 1
    captured = capsys.readouterr()
    assert captured.err == "uniner-hf extract: no-such-file.txt: No such file or directory\n"
    assert captured.out == ""


def test_debug_shows_the_failure_itself() -> None:
    with pytest.raises(FileNotFoundError):
        main([*MISSING, "--debug"])


def test_a_message_of_several_lines_is_told_in_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    types = tmp_path / "types.json"
    types.write_text('{"person": 1}', encoding="utf-8")
    assert main(["extract", "text", "--types-file", str(types)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
