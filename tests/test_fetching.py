"""Original files that are downloaded: from the Hub, by the order of the sources, and those that a person must get."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hub_stand_in import HubState, hub_stand_in

from uniner_hf.benchmark import fetching
from uniner_hf.benchmark.catalog import benchmark_sets, find_set, training_sets
from uniner_hf.benchmark.fetching import fetched_folder
from uniner_hf.benchmark.sources import ManualSource, Source

ROOT = Path(__file__).parents[1]


@pytest.fixture
def hub() -> Iterator[HubState]:
    with hub_stand_in() as state:
        yield state


def run(hub: HubState, folder: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a client of the stand-in in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env=hub.environment(folder / "home") | {"PYTHONPATH": str(ROOT)} | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_set_is_loaded_from_the_hub_once(hub: HubState, raw: Path, tmp_path: Path) -> None:
    files = {f"{split}.jsonl": (raw / "mapa" / "test.jsonl").read_bytes() for split in ("train", "validation", "test")}
    hub.add_dataset("joelniklaus/mapa", files, revision="bbb2a0157b760465002fd12a61af81b475cd387a")
    program = """
import uniner_hf
print(uniner_hf.load_benchmark("mapa_coarse", split="test")["text"][0])
print(len(uniner_hf.load_benchmark("mapa_fine")))
"""
    done = run(hub, tmp_path, program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "3"
    asked = len(hub.requests)
    assert run(hub, tmp_path, program).stdout == done.stdout
    assert len(hub.requests) == asked, "what is there is not asked for again"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "FileNotFoundError: Expected the data set repository joelniklaus/mapa at bbb2a01"),
        ({"HF_HUB_OFFLINE": "1"}, "ConnectionError: Expected to download from joelniklaus/mapa"),
    ],
)
def test_what_cannot_be_had(hub: HubState, tmp_path: Path, environment: dict[str, str], message: str) -> None:
    done = run(hub, tmp_path, "import uniner_hf; uniner_hf.load_benchmark('mapa_coarse')", **environment)
    assert message in done.stderr.splitlines()[-1]
    left = [path for path in (tmp_path / "home").rglob("uniner_hf_original_files/**/*") if path.is_file()]
    assert left == []


def test_licensed_sets_are_answered_with_where_to_get_them(datasets_cache: Path) -> None:
    for name, terms in (
        ("ace05", "a licence of the Linguistic Data Consortium"),
        ("i2b2_2010", "a data use agreement"),
    ):
        with pytest.raises(PermissionError, match=f"Expected files that need {terms}"):
            fetched_folder(name)


def test_the_next_source_serves_where_the_first_does_not(
    datasets_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (ManualSource(f"https://{name}.org", "manual", {"a": "a"}) for name in ("one", "two"))
    asked: list[Source] = []

    def fetch(source: Source, folder: Path) -> None:
        asked.append(source)
        if source == first:
            raise ConnectionError("out of reach")

    monkeypatch.setattr(fetching, "fetch", fetch)
    monkeypatch.setattr(fetching, "find_set", lambda name: replace(find_set(name), sources=(first, second)))
    assert fetched_folder("mapa_coarse") == datasets_cache / fetching.FOLDER
    assert asked == [first, second]
    monkeypatch.setattr(fetching, "find_set", lambda name: replace(find_set(name), sources=(second, first)))
    fetched_folder("mapa_coarse")
    assert asked == [first, second, second]
    monkeypatch.setattr(fetching, "find_set", lambda name: replace(find_set(name), sources=(first,)))
    with pytest.raises(ConnectionError, match="out of reach"):
        fetched_folder("mapa_coarse")


def test_a_set_without_a_source(datasets_cache: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match="Expected an address of the files of genia_xml in the catalogue, found none"
    ):
        fetched_folder("genia_xml")


def test_sources_bring_what_the_rows_read() -> None:
    for data_set in (*benchmark_sets(), *training_sets()):
        targets = [target for source in data_set.sources for target in source.files.values()]
        for row in data_set.rows if targets else ():
            for pattern in row.files.values():
                fixed = pattern.split("*")[0].split("?")[0]
                assert any(target.startswith(fixed) or fixed.startswith(target) for target in targets), pattern
