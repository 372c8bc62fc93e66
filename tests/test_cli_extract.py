"""`uniner-hf extract`: where texts and types come from, where results go; and, end to end, the bundled model."""

import io
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import uniner_hf
from uniner_hf.cli import main

BUNDLED_MODEL = Path(uniner_hf.__file__).parent / "models" / "mini" / "config.json"
TEXTS = ["Ada met Charles.", "nobody", "Zoë 👩‍🔬 left."]
WORDS = [["Ada", "Charles"], [], ["Zoë"]]


def capitalised_words(text: str, entity_type: str) -> list[dict[str, Any]]:
    words = [word.strip(".") for word in text.split() if word[0].isupper()]
    starts = [text.index(word) for word in words]
    return [
        {"entity_group": entity_type, "score": 0.9, "word": word, "start": start, "end": start + len(word)}
        for word, start in zip(words, starts, strict=True)
    ]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Put a stand-in for the pipeline, which finds capitalised words, and return what it is asked."""
    seen: list[dict[str, Any]] = []

    def extract(texts: Iterator[str], *, entity_types: Any, **options: Any) -> Iterator[list[dict[str, Any]]]:
        seen.append({"entity_types": entity_types, **options})
        return (capitalised_words(text, next(iter(entity_types))) for text in texts)

    def load(task: str, model: str | None) -> Any:
        seen.append({"task": task, "model": model})
        return extract

    import_module("transformers.pipelines")  # its first import puts another module object in the place of transformers
    monkeypatch.setattr("transformers.pipeline", load)
    return seen


def words_of(lines: str) -> list[list[str]]:
    return [[entity["word"] for entity in json.loads(line)["entities"]] for line in lines.splitlines()]


@pytest.mark.parametrize("source", ["arguments", "txt", "jsonl", "stdin"])
def test_texts_from_every_source_in_order(
    source: str,
    calls: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / f"texts.{source}"
    lines = [json.dumps({"text": text}) for text in TEXTS] if source == "jsonl" else TEXTS
    path.write_text("\n\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    given = {"arguments": TEXTS, "stdin": []}.get(source, ["--input", str(path)])
    assert main(["extract", *given, "--types", "person, place"]) == 0
    captured = capsys.readouterr()
    assert words_of(captured.out) == WORDS
    assert [json.loads(line)["text"] for line in captured.out.splitlines()] == TEXTS
    assert captured.err == ""
    assert calls == [{"task": "universal-ner", "model": None}, {"entity_types": ["person", "place"], "batch_size": 8}]


@pytest.mark.parametrize(
    ("options", "entity_types"),
    [
        (["--types", "person , political party"], ["person", "political party"]),
        (["--type", "event, historical", "place", "--type", "person"], ["event, historical", "place", "person"]),
        (["--types-file", "types.json"], {"person": "a human being"}),
    ],
)
def test_types_from_every_option(
    options: list[str],
    entity_types: object,
    calls: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("types.json").write_text('{"person": "a human being"}', encoding="utf-8")
    assert main(["extract", "Ada", *options]) == 0
    assert calls[1]["entity_types"] == entity_types


def test_model_and_options_reach_the_pipeline(calls: list[dict[str, Any]]) -> None:
    options = ["--threshold", "0.25", "--batch-size", "2", "--overlaps", "longest", "--occurrences", "all"]
    assert main(["extract", "Ada", "--types", "a", "--model", "m", *options]) == 0
    assert calls == [
        {"task": "universal-ner", "model": "m"},
        {"entity_types": ["a"], "batch_size": 2, "threshold": 0.25, "overlaps": "longest", "occurrences": "all"},
    ]


def test_choices_are_those_of_the_pipeline() -> None:
    from uniner_hf.cli import extract
    from uniner_hf.decoding.options import _CHOICES

    assert (extract.OVERLAPS, extract.OCCURRENCES) == (_CHOICES["overlaps"], _CHOICES["occurrences"])


@pytest.mark.parametrize("output_format", ["json", "table", "html"])
@pytest.mark.usefixtures("calls")
def test_output_file_holds_what_stdout_would(
    output_format: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    command = ["extract", *TEXTS, "--types", "person", "--format", output_format]
    path = tmp_path / "entities"
    assert main(command) == 0
    printed = capsysbinary.readouterr().out
    assert main([*command, "--output", str(path)]) == 0
    assert path.read_bytes() == printed
    assert "👩‍🔬 left.".encode() in printed


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--types", "person,,place"], "a name on each side of every comma, found 'person,,place'"),
        (["--types", ""], "a name on each side of every comma"),
        (["--type", " "], "expected a name, found an empty one"),
        (["--types", "a", "--type", "b"], "not allowed with argument"),
        ([], "one of the arguments --types --type --types-file is required"),
        (["--types", "a", "--threshold", "1.5"], "a number from 0 to 1, found '1.5'"),
        (["--types", "a", "--threshold", "nan"], "a number from 0 to 1, found 'nan'"),
        (["--types", "a", "--batch-size", "0"], "a whole number from 1, found '0'"),
        (["--types", "a", "--format", "xml"], "invalid choice: 'xml'"),
        (["--types", "a", "--overlaps", "shortest"], "invalid choice: 'shortest'"),
        (["--types", "a", "--occurrences", "last"], "invalid choice: 'last'"),
        (["--types", "a", "--output", "no/such/folder/file"], "the folder 'no/such/folder' does not exist"),
        (["--types", "a", "--output", "."], "found the folder '.'"),
        (["--types", "a", "--input", "file.txt"], "expected TEXT or --input, found both"),
    ],
)
def test_bad_usage_is_told_before_anything_is_loaded(
    arguments: list[str], complaint: str, calls: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["extract", "a text", *arguments])
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err
    assert calls == []


def test_the_input_is_never_written_over(tmp_path: Path, calls: list[dict[str, Any]]) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("Ada", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["extract", "--input", str(path), "--output", str(tmp_path / "." / "texts.txt"), "--types", "a"])
    assert path.read_text(encoding="utf-8") == "Ada"


def test_no_text_on_a_terminal_is_bad_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(SystemExit):
        main(["extract", "--type", "person", "Ada met Charles."])
    assert "expected TEXT (before --type" in capsys.readouterr().err


@pytest.mark.usefixtures("calls")
def test_a_broken_line_keeps_what_was_found_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "Ada"}\n{"txt": "Charles"}\n', encoding="utf-8")
    assert main(["extract", "--input", str(path), "--types", "person"]) == 1
    captured = capsys.readouterr()
    assert words_of(captured.out) == [["Ada"]]
    assert f"{path}, line 2: expected an object whose `text` is a string" in captured.err


@pytest.mark.usefixtures("calls")
def test_bytes_that_are_not_text_come_out_as_json_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "Ada \udcff", "--types", "person"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Ada \udcff"


def test_a_model_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, output = tmp_path / "no-model", tmp_path / "kept.jsonl"
    folder.mkdir()
    output.write_text("what an earlier run found", encoding="utf-8")
    assert main(["extract", "Ada", "--types", "a", "--model", str(folder), "--output", str(output)]) == 1
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.startswith(f"uniner-hf extract: --model {folder}: expected a folder, or a Hub model")
    assert "Traceback" not in message
    assert output.read_text(encoding="utf-8") == "what an earlier run found"


@pytest.mark.skipif(not BUNDLED_MODEL.exists(), reason="the bundled model is not in this tree")
def test_the_bundled_model_end_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "Barack Obama was born in Honolulu and later worked in Chicago for Google."
    assert main(["extract", sentence, "", "--types", "person,location,organization"]) == 0
    first, empty = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert [(e["entity_group"], e["word"]) for e in first["entities"]] == [
        ("person", "Barack Obama"),
        ("location", "Honolulu"),
        ("location", "Chicago"),
        ("organization", "Google"),
    ]
    assert all(sentence[e["start"] : e["end"]] == e["word"] for e in first["entities"])
    assert empty == {"text": "", "entities": []}


@pytest.mark.skipif(not BUNDLED_MODEL.exists(), reason="the bundled model is not in this tree")
def test_overlaps_and_occurrences_end_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["extract", "Chicago is large, and I like Chicago.", "--types", "city,location"]

    def spans(*options: str) -> list[tuple[int, int]]:
        assert main([*command, *options]) == 0
        return [(e["start"], e["end"]) for e in json.loads(capsys.readouterr().out)["entities"]]

    one, both = (0, 7), (29, 36)
    assert set(spans()) >= {one} and len(spans()) > len(set(spans())), "each type has its own entity"
    assert spans("--overlaps", "longest", "--occurrences", "all") == [one, both]
