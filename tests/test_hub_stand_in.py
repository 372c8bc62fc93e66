"""The stand-in for the Hub, held to what the client libraries expect of the Hub."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_stand_in import HubState, hub_stand_in


@pytest.fixture
def hub() -> Iterator[HubState]:
    with hub_stand_in() as state:
        yield state


def run(hub: HubState, folder: Path, program: str) -> list[str]:
    """Run a client, and return the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=hub.environment(folder / "home"),
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_data_set_is_pushed_and_loaded(hub: HubState, tmp_path: Path) -> None:
    program = """
from datasets import Dataset, get_dataset_config_names, load_dataset
for config in ("one", "two"):
    Dataset.from_dict({"text": [config, "b"]}).push_to_hub("me/set", config_name=config, split="test")
print(get_dataset_config_names("me/set"))
print(load_dataset("me/set", "two", split="test")["text"][:])
"""
    assert run(hub, tmp_path, program) == ["['one', 'two']", "['two', 'b']"]
    files = hub.repositories["dataset", "me/set"]["main"]
    assert {"README.md", "one/test-00000-of-00001.parquet", "two/test-00000-of-00001.parquet"} <= files.keys()


@pytest.mark.slow
def test_a_data_set_is_streamed(hub: HubState, tmp_path: Path) -> None:
    hub.add_dataset("me/set", {"test.jsonl": b'{"text": "a"}\n{"text": "b"}\n'})
    program = """
from datasets import load_dataset
print([row["text"] for row in load_dataset("me/set", split="test", streaming=True)])
"""
    assert run(hub, tmp_path, program) == ["['a', 'b']"]


def test_a_folder_is_uploaded_and_downloaded(hub: HubState, tmp_path: Path) -> None:
    (tmp_path / "model" / "deep").mkdir(parents=True)
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "model" / "deep" / "model.safetensors").write_bytes(b"\0\1\2")
    program = """
from pathlib import Path
from huggingface_hub import HfApi, snapshot_download
api = HfApi()
for _ in range(2):
    api.create_repo("me/model", exist_ok=True)
    api.upload_folder(repo_id="me/model", folder_path="model")
folder = Path(snapshot_download("me/model"))
print(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")))
print((folder / "deep" / "model.safetensors").read_bytes())
api.delete_folder("deep", "me/model")
print(sorted(api.list_repo_files("me/model")), [one.path for one in api.list_repo_tree("me/model")])
"""
    assert run(hub, tmp_path, program) == [
        "['.gitattributes', 'config.json', 'deep/model.safetensors']",
        r"b'\x00\x01\x02'",
        "['.gitattributes', 'config.json'] ['.gitattributes', 'config.json']",
    ]


def test_errors_are_those_of_the_hub(hub: HubState, tmp_path: Path) -> None:
    hub.add_dataset("me/set", {"a.txt": b"a"})
    hub.add_dataset("me/gated", {"a.txt": b"a"})
    hub.gated.add("me/gated")
    program = """
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError
for repo, file, revision in [
    ("none", "a.txt", "main"), ("set", "b.txt", "main"), ("set", "a.txt", "old"), ("gated", "a.txt", "main")
]:
    try:
        hf_hub_download(f"me/{repo}", file, revision=revision, repo_type="dataset")
    except HfHubHTTPError as error:
        print(type(error).__name__)
print(open(hf_hub_download("me/set", "a.txt", repo_type="dataset")).read())
"""
    assert run(hub, tmp_path, program) == [
        "RepositoryNotFoundError",
        "RemoteEntryNotFoundError",
        "RevisionNotFoundError",
        "GatedRepoError",
        "a",
    ]
