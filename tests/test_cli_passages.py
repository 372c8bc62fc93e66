"""`uniner-hf passages`: from raw text to a file of passages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pytest
from hub_stand_in import hub_stand_in

from uniner_hf.cli import main
from uniner_hf.distillation.token_counting import load_tokenizer

ROOT = Path(__file__).parents[1]
NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()


def prose(number: int) -> str:
    """Return English sentences of its own for each number."""
    first, second = NUMBERS[number % 16], NUMBERS[number // 16 % 16]
    return (
        f"  The {first} people of the {second} villages had not been told that it was to be.\n\n"
        f"But the {second} of them that were asked said that they would have {first} boats by then. \n"
    )


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(source: object, output: Path, *options: str, count: int = 1000) -> list[dict[str, Any]]:
    given = ["--source", str(source), "--num-passages", str(count), "--output", str(output), *options]
    assert main(["passages", *given]) == 0
    assert [path.name for path in output.parent.glob("*.unfinished")] == []
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return jsonl(tmp_path / "corpus.jsonl", [{"id": f"d{number}", "text": prose(number)} for number in range(200)])


def test_a_passage_is_the_text_at_its_offsets(corpus: Path, tmp_path: Path) -> None:
    rows = run(corpus, tmp_path / "out.jsonl", "--max-tokens", "24")
    assert len(rows) == 400
    tokenizer = load_tokenizer()
    for row in rows:
        document = prose(int(row["doc_id"][1:]))
        assert row["text"] == document[row["start"] : row["end"]] == row["text"].strip()
        assert len(tokenizer.encode(row["text"])) <= 24
        assert list(row) == ["id", "text", "source", "doc_id", "start", "end"]
        assert row["source"] == "corpus.jsonl"
    assert len({row["id"] for row in rows}) == 400


def test_a_sample_is_the_same_for_a_seed_and_in_the_order_of_the_source(corpus: Path, tmp_path: Path) -> None:
    first, again, other = (run(corpus, tmp_path / "out.jsonl", "--seed", seed, count=20) for seed in "112")
    assert first == again != other
    places = [int(row["doc_id"][1:]) for row in first]
    assert len(places) == 20
    assert places == sorted(places)


def test_shards_share_the_documents_and_the_number(corpus: Path, tmp_path: Path) -> None:
    parts = [run(corpus, tmp_path / "out.jsonl", "--shard", f"{part}/3", count=20) for part in (1, 2, 3)]
    assert [len(part) for part in parts] == [7, 7, 6]
    for number, part in enumerate(parts):
        assert {int(row["doc_id"][1:]) % 3 for row in part} == {number}


def test_what_is_left_out_is_counted_by_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    german = "Der Rat der Stadt hat am Montag über die neue Brücke beraten, die im Norden entstehen soll."
    texts = [
        prose(3),
        prose(3).upper(),
        "Contents",
        german,
        "x = y[0] + z(1, 2); " * 9,
        None,
        "  ",
        "\ud800" + prose(4),
    ]
    source = jsonl(tmp_path / "mixed.jsonl", [{"text": text} for text in texts])
    assert len(run(source, tmp_path / "out.jsonl", count=5)) == 1
    assert capsys.readouterr().err.splitlines() == [
        "1 passages drawn of 1",
        "left out, not English: 2",
        "left out, documents without text: 2",
        "left out, comes again: 1",
        "left out, too short: 1",
        "left out, documents with half a character: 1",
        "mixed.jsonl: 5 passages asked for, 1 found",
    ]


def test_each_subset_has_its_number(tmp_path: Path) -> None:
    rows = [{"text": prose(number), "meta": {"set": "ab"[number % 4 == 0]}} for number in range(100)]
    source = jsonl(tmp_path / "corpus.jsonl", rows)
    drawn = run(source, tmp_path / "out.jsonl", "--subset-column", "meta.set", count=9)
    assert sorted(row["source"] for row in drawn) == ["corpus.jsonl/a"] * 9 + ["corpus.jsonl/b"] * 9


@pytest.mark.parametrize("kind", ["parquet", "folder", "txt"])
def test_other_sources_give_the_same_passages(kind: str, corpus: Path, tmp_path: Path) -> None:
    expected = [row["text"] for row in run(corpus, tmp_path / "out.jsonl")]
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    source = tmp_path / "other" if kind == "folder" else tmp_path / f"other.{kind}"
    if kind == "txt":
        source.write_text("".join(texts), encoding="utf-8")
        found = run(source, tmp_path / "out.jsonl", "--max-tokens", "512")
        assert {row["doc_id"] for row in found} == {"0"}
        assert all("".join(texts)[row["start"] : row["end"]] == row["text"] for row in found)
        return
    (tmp_path / "other").mkdir(exist_ok=True)
    parquet = source / "train.parquet" if kind == "folder" else source
    datasets.Dataset.from_dict({"words": texts}).to_parquet(parquet)
    found = run(source, tmp_path / "out.jsonl", "--text-column", "words")
    assert [row["text"] for row in found] == expected


def test_texts_of_the_benchmark_are_kept_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw" / "crossner" / "ai"
    raw.mkdir(parents=True)
    words = prose(5).split()[:16]
    (raw / "test.txt").write_text("".join(f"{word}\tO\n" for word in words) + "\n", encoding="utf-8")
    source = jsonl(tmp_path / "corpus.jsonl", [{"text": prose(number)} for number in (20, 5, 38)])
    for sets in ([], ["crossner_ai"]):
        found = run(source, tmp_path / "out.jsonl", "--keep-out", str(tmp_path / "raw"), *sets)
        assert [row["doc_id"] for row in found] == ["0", "2"]
        assert "left out, in the benchmark: 1\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--text-column", "words"], "row 1: expected the column words, found id, text; name another"),
        (["--source", "no/such/place.jsonl"], "no/such/place.jsonl: No such file or directory"),
        (["--source", "no/such/place"], "found none at no/such/place; correct --source"),
        (["--source", __file__], "Expected a file that ends in .txt, .jsonl"),
        (["--keep-out", "no-such-folder"], "--keep-out: expected a folder, found none at 'no-such-folder'"),
        (["--tokenizer", __file__], "Expected a tokenizer.json, its folder or a model of the Hub, found"),
        (["--max-tokens", "1", "--tokenizer", "TINY"], "Expected characters of at most 1 tokens"),
    ],
)
def test_a_failure_is_told_and_leaves_what_was_there(
    options: list[str], said: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("of before\n", encoding="utf-8")
    if "TINY" in options:
        from tokenizers import Tokenizer, models, pre_tokenizers

        every_byte = {byte: number for number, byte in enumerate(pre_tokenizers.ByteLevel.alphabet())}
        tokenizer = Tokenizer(models.BPE(every_byte, []))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.save(str(tmp_path / "tokenizer.json"))
        options = [*options[:-1], str(tmp_path)]
    given = ["--source", str(corpus), "--num-passages", "9", "--output", str(output), *options]
    assert main(["passages", *given]) == 1
    assert said in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "of before\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("corpus.parquet", b"PAR0", "corpus.parquet: expected a parquet file, found none"),
        ("corpus.txt", b"a\xff", "corpus.txt: expected UTF-8, found invalid start byte at byte 1"),
        ("corpus.jsonl", b"", "corpus.jsonl: start of the file: expected at least one record"),
        ("corpus.jsonl", b'{"text": 3}', "corpus.jsonl, row 1: expected text in the column text, found int"),
    ],
)
def test_a_broken_file_is_named(
    name: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    given = ["--source", str(tmp_path / name), "--num-passages", "9", "--output", str(tmp_path / "out.jsonl")]
    assert main(["passages", *given]) == 1
    assert said in capsys.readouterr().err


def test_a_compressed_file_needs_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("uniner_hf.distillation.documents.find_spec", lambda name: None)
    (tmp_path / "corpus.jsonl.zst").write_bytes(b"")
    given = ["--source", str(tmp_path / "corpus.jsonl.zst"), "--num-passages", "9"]
    assert main(["passages", *given, "--output", str(tmp_path / "out.jsonl")]) == 1
    assert "expected the package zstandard to read it" in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "1/2000"])
def test_a_wrong_shard_is_bad_usage(shard: str, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        run(corpus, tmp_path / "out.jsonl", "--shard", shard if shard != "1/2000" else "2000/2000")
    assert stop.value.code == 2


def test_a_data_set_and_a_tokenizer_of_the_hub(corpus: Path, tmp_path: Path) -> None:
    tokenizer = load_tokenizer().to_str().encode()
    output = tmp_path / "hub.jsonl"
    given = ["--source", "me/corpus", "--tokenizer", "me/model", "--num-passages", "9", "--output", str(output)]
    command = [sys.executable, "-m", "uniner_hf", "passages", *given]
    with hub_stand_in() as hub:
        hub.add_dataset("me/corpus", {"train.jsonl": corpus.read_bytes()})
        hub.repositories["model", "me/model"] = {"main": {"tokenizer.json": tokenizer}}
        environment = hub.environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in found] == [row["text"] for row in run(corpus, tmp_path / "out.jsonl", count=9)]
    assert found[0]["source"] == "me/corpus"
    assert found[0]["id"].startswith("me/corpus/")


def test_it_needs_neither_torch_nor_transformers(corpus: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from uniner_hf.cli import main; status = main(sys.argv[1:]); "
        "sys.exit(status or bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    given = ["--source", str(corpus), "--num-passages", "9", "--output", str(tmp_path / "out.jsonl")]
    subprocess.run(
        [sys.executable, "-c", program, "passages", *given], check=True, env=os.environ, capture_output=True
    )
