"""Export: what plain `datasets` reads back, without this package, and what may not be passed on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hub_stand_in import hub_stand_in

from uniner_hf.benchmark import load_benchmark
from uniner_hf.cli import main
from uniner_hf.hub.export import export_benchmark, export_pile_ner, push_folder, refuse_restricted

pytestmark = pytest.mark.usefixtures("datasets_cache")
ROOT = Path(__file__).parents[1]

PLAIN = """
import json, sys
from datasets import load_dataset
rows = load_dataset(sys.argv[1], sys.argv[2], split=sys.argv[3])
assert "uniner_hf" not in sys.modules
print(json.dumps([str(rows.features), list(rows)]))
"""


def read_without_this_package(folder: Path, config: str, split: str) -> tuple[str, list[object]]:
    """Return features and rows that `datasets.load_dataset` gives in a process of its own, elsewhere, offline."""
    environment = {"HF_HOME": str(folder.parent / "home"), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin"}
    arguments = [sys.executable, "-c", PLAIN, str(folder), config, split]
    run = subprocess.run(
        arguments, capture_output=True, text=True, check=True, cwd=folder.parent, env=environment, timeout=300
    )
    features, rows = json.loads(run.stdout.splitlines()[-1])
    return features, rows


def test_plain_datasets_reads_what_was_exported(raw: Path, tmp_path: Path) -> None:
    folder = export_benchmark(["crossner_ai", "ncbi"], raw, tmp_path / "export")
    for name, split in (("crossner_ai", "test"), ("crossner_ai", "train"), ("ncbi", "validation")):
        expected = load_benchmark(name, split=split, data_dir=raw)
        assert read_without_this_package(folder, name, split) == (str(expected.features), list(expected))


def test_exporting_again_leaves_nothing_stale(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    stale = folder / "ncbi" / "validation-00001-of-00002.parquet"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"old")
    export_benchmark(["ncbi"], raw, folder)
    assert [path.name for path in (folder / "ncbi").iterdir()] == ["validation-00000-of-00001.parquet"]


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_with_other_configurations_is_refused_before_anything_is_written(raw: Path, tmp_path: Path) -> None:
    folder = export_benchmark(["crossner_ai", "wnut17"], raw, tmp_path / "export")
    before = files_of(folder)
    message = (
        "no other configurations in .*export than ncbi, wnut17, found crossner_ai; write to another --output, delete "
        "them, or name them with --sets as well"
    )
    with pytest.raises(FileExistsError, match=message):
        export_benchmark(["ncbi", "wnut17"], raw, folder)
    with pytest.raises(FileExistsError, match="than type, found crossner_ai, wnut17"):
        export_pile_ner(["type"], folder, Path(__file__).parent / "data" / "pile_ner" / "type")
    assert files_of(folder) == before
    export_benchmark(["ncbi", "wnut17", "crossner_ai"], raw, folder)


def test_a_set_that_cannot_be_had_leaves_nothing(raw: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="crossner_science"):
        export_benchmark(["crossner_ai", "crossner_science"], raw, tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_pile_ner(tmp_path: Path) -> None:
    source = Path(__file__).parent / "data" / "pile_ner" / "type"
    folder = export_pile_ner(["type"], tmp_path / "export", source)
    _, rows = read_without_this_package(folder, "type", "train")
    published = json.loads((source / "train.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in rows] == [record["id"] for record in published]  # type: ignore[index]
    with pytest.raises(ValueError, match="one variant with data_dir"):
        export_pile_ner(["type", "definition"], tmp_path, source)


def test_the_command_exports_what_is_there(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "export"
    assert main(["datasets", "export", "--data-dir", str(raw), "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"{output}\n"
    assert {"crossner_ai", "wikineural"} <= {path.name for path in output.iterdir()}
    assert not (output / "wnut17").exists(), "a training set, which was not named"


def test_the_command_exports_pile_ner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = Path(__file__).parent / "data" / "pile_ner" / "type"
    arguments = ["datasets", "export", "--pile-ner", "type", "--output", str(tmp_path / "export")]
    assert main([*arguments, "--data-dir", str(source)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'export'}\n"
    assert len(read_without_this_package(tmp_path / "export", "type", "train")[1]) == 3
    with pytest.raises(SystemExit):
        main([*arguments, "--sets", "ncbi"])


def test_the_command_needs_a_folder_or_the_names_of_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "export", "--output", str(tmp_path / "export")]) == 1
    assert "found neither; name the folder with --data-dir, or the sets with --sets" in capsys.readouterr().err
    assert not (tmp_path / "export").exists()


def test_the_command_downloads_the_sets_that_are_named(raw: Path, tmp_path: Path) -> None:
    files = {f"{split}.jsonl": (raw / "mapa" / "test.jsonl").read_bytes() for split in ("train", "validation", "test")}
    with hub_stand_in() as hub:
        hub.add_dataset("joelniklaus/mapa", files, revision="bbb2a0157b760465002fd12a61af81b475cd387a")
        command = [
            sys.executable,
            "-m",
            "uniner_hf",
            "datasets",
            "export",
            "--sets",
            "mapa_coarse",
            "--output",
            "export",
        ]
        environment = hub.environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT)}
        run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    features, rows = read_without_this_package(tmp_path / "export", "mapa_coarse", "test")
    assert rows == list(load_benchmark("mapa_coarse", split="test", data_dir=raw))


@pytest.mark.parametrize("offline", [True, False])
def test_a_hub_out_of_reach_is_named(offline: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "README.md").touch()
    monkeypatch.setenv("HF_TOKEN", "hf_any")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", offline)
    found = "OfflineModeIsEnabled" if offline else "ConnectError"
    message = f"Expected to upload me/ner to http://127.0.0.1:9, found {found}: .*check the connection .HF_ENDPOINT"
    with pytest.raises(ConnectionError, match=message):
        push_folder(tmp_path, "me/ner", ["ncbi"])


def test_sets_that_may_not_be_passed_on_are_refused(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse_restricted(["crossner_ai", "ncbi", "wikineural"])
    with pytest.raises(
        ValueError, match=r"found wikiann \(public, licence: unclear\); harveyner \(public, licence: not"
    ):
        refuse_restricted(["crossner_ai", "wikiann", "harveyner"])
    arguments = ["datasets", "export", "--data-dir", str(raw), "--output", str(tmp_path), "--sets", "wikiann"]
    assert main([*arguments, "--push-to-hub", "me/ner"]) == 1
    assert "licence lets anyone pass them on, found wikiann" in capsys.readouterr().err
    assert not list(tmp_path.glob("wikiann")), "refused before anything is written"


@pytest.mark.parametrize(
    ("script", "arguments", "config"),
    [
        ("ner_benchmark.py", ["--data-dir", "tests/data/raw", "--sets", "ncbi"], "ncbi"),
        ("pile_ner.py", ["--data-dir", "tests/data/pile_ner/type", "--variants", "type"], "type"),
    ],
)
def test_dataset_scripts(script: str, arguments: list[str], config: str, tmp_path: Path) -> None:
    environment = {
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_OFFLINE": "1",
        "PATH": "/usr/bin",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, f"dataset_scripts/{script}", "--output", str(tmp_path / "export"), *arguments]
    subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True, timeout=300)
    assert list((tmp_path / "export" / config).glob("*.parquet"))
    assert (tmp_path / "export" / "README.md").exists()


def test_pushed_data_sets_are_loaded_by_id(raw: Path, tmp_path: Path) -> None:
    with hub_stand_in() as hub:
        environment = hub.environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT)}
        arguments = ["datasets", "export", "--data-dir", str(raw), "--sets", "crossner_ai", "--output", "export"]

        def run(*command: str) -> str:
            done = subprocess.run(
                [sys.executable, *command], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        (tmp_path / "export" / "ace05").mkdir(parents=True)
        (tmp_path / "export" / "ace05" / "test.sgm").write_bytes(b"licensed")
        assert run("-m", "uniner_hf", *arguments, "--push-to-hub", "me/ner").endswith("/datasets/me/ner")
        files = hub.repositories["dataset", "me/ner"]["main"]
        assert {"README.md", "domains.svg", "crossner_ai/test-00000-of-00001.parquet"} <= files.keys()
        assert not any("ace05" in path for path in files), "only what was asked for is uploaded"
        assert b'load_dataset("me/ner", "crossner_ai", split="test")' in files["README.md"]
        program = """
import sys
from datasets import load_dataset
print(len(load_dataset("me/ner", "crossner_ai", split="train")))
print(next(iter(load_dataset("me/ner", "crossner_ai", split="test", streaming=True)))["entities"][0]["text"])
assert "uniner_hf" not in sys.modules
"""
        assert run("-c", program).splitlines() == ["2", "WordNet database"]
