"""The training set of a recipe: its rows, what is asked of each, what is left out, and that no cache goes stale."""

import json
import logging
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tiny_models import write_columns

from uniner_hf.benchmark.catalog import find_row
from uniner_hf.benchmark.held_out import is_held_out
from uniner_hf.training.mixture import MIXED_FEATURES, MIXTURE_FEATURES, load_mixture

pytestmark = pytest.mark.usefixtures("datasets_cache")

AI = find_row("crossner_ai").entity_types("train")
MUSIC = find_row("crossner_music").entity_types("train")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sets, made up in the layout of their files."""
    ai, music = tmp_path / "crossner/ai", tmp_path / "crossner/music"
    write_columns(
        ai / "train.txt",
        "Ada|researcher wrote to Babbage|person",
        "It was dark .",
        "ADA|researcher wrote to Babbage|person !",
    )
    write_columns(ai / "dev.txt", "On 3 May 1921 Rome|location woke")
    write_columns(ai / "test.txt", "Paris|location sleeps .")
    write_columns(music / "train.txt", "PARIS sleeps", "the drummer|musicalinstrument met Abba|band")
    return tmp_path


def entity(kind: str, text: str, start: int) -> dict[str, Any]:
    return {"type": kind, "text": text, "start": start, "end": start + len(text)}


def test_rows_and_what_may_be_asked_of_each(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    sets = {
        "crossner_ai": {
            "splits": ["train", "validation"],
            "share_of_empty": 0.0,
            "foreign_types": ["code", "gene"],
            "narrower": {"person": ["wizard"], "location": ["lake"]},
            "pattern_types": ["date"],
            "unions": {"human": ["person", "researcher"], "sound": ["song"]},
        },
        "crossner_music": {"splits": ["train"], "weight": 2, "named_only": True, "left_out_types": ["song"]},
    }
    left_out: Counter[str] = Counter()
    with caplog.at_level(logging.INFO, logger="uniner_hf"):
        mixture = load_mixture(
            sets,
            folder,
            type_groups={"code": ["class", "function"]},
            unseen=["crossner_ai/test"],
            left_out=left_out,
        )
    assert left_out == {
        "crossner_ai: no entities": 1,
        "crossner_ai: duplicate": 1,
        "crossner_music: text kept for evaluation": 1,
    }
    foreign = {"foreign_types": ["class", "function", "gene"]}
    ada = "Ada wrote to Babbage"
    band = {"id": "crossner_music/train/1", "text": "the drummer met Abba", "entities": [entity("band", "Abba", 16)]}
    assert mixture.to_list() == [
        {
            "id": "crossner_ai/train/0",
            "text": ada,
            "entities": [
                entity("researcher", "Ada", 0),
                entity("human", "Ada", 0),
                entity("person", "Babbage", 13),
                entity("human", "Babbage", 13),
            ],
            "types": [*AI, "date", "lake"],
            **foreign,
        },
        {
            "id": "crossner_ai/validation/0",
            "text": "On 3 May 1921 Rome woke",
            "entities": [entity("date", "3 May 1921", 3), entity("location", "Rome", 14)],
            "types": [*AI, "date", "wizard"],
            **foreign,
        },
        {**band, "types": [one for one in MUSIC if one != "song"], "foreign_types": []},
        {**band, "types": [one for one in MUSIC if one != "song"], "foreign_types": []},
    ]
    assert mixture.features == MIXTURE_FEATURES
    told = [record.getMessage() for record in caplog.records if record.name == "uniner_hf.training.mixture"]
    assert told == [
        "left out of the mixture: 1 passages of crossner_ai: duplicate",
        "left out of the mixture: 1 passages of crossner_ai: no entities",
        "left out of the mixture: 1 passages of crossner_music: text kept for evaluation",
    ]


def test_nothing_stale_is_read_and_what_is_left_out_is_counted_each_time(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sets = {"crossner_ai": {"splits": ["train"], "share_of_empty": 0.0}}
    with caplog.at_level(logging.INFO, logger="uniner_hf.training"):
        first, second = load_mixture(sets, folder), load_mixture(sets, folder)
    assert caplog.messages == 2 * caplog.messages[:2]
    assert first.to_list() == second.to_list()
    assert first.cache_files != second.cache_files
    write_columns(folder / "crossner/ai/train.txt", "Turing|researcher left")
    assert load_mixture(sets, folder)["text"][:] == ["Turing left"]
    assert len(load_mixture({"crossner_ai": {"splits": ["train"], "weight": 3}}, folder)) == 3


def test_the_tenth_that_evaluation_uses_is_left_out(folder: Path) -> None:
    sentences = [f"Word{number} is Rome|location" for number in range(60)]
    write_columns(folder / "crossner/ai/train.txt", *sentences)
    kept = load_mixture({"crossner_ai": {"splits": ["train"], "hold_out": True}}, folder)["text"][:]
    assert 40 < len(kept) < 60
    assert not any(map(is_held_out, kept))


def test_sets_are_capped_and_weighted_and_what_is_left_out_is_counted(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_columns(folder / "crossner/ai/train.txt", *(f"Word{number} is Rome|location" for number in range(60)))
    write_columns(folder / "crossner/ai/dev.txt", *(f"City{number} is Rome|location" for number in range(60)))
    write_columns(folder / "crossner/music/train.txt", *(f"Song{number} of Abba|band" for number in range(100)))
    sets: dict[str, Any] = {
        "crossner_ai": {"splits": ["train", "validation"]},
        "crossner_music": {"splits": ["train"], "max_passages": 80, "weight": 0.5},
    }

    def ids(**more: Any) -> dict[str, list[str]]:
        rows = load_mixture(sets, folder, max_passages=50, **more)["id"]
        return {name: [one for one in rows if one.startswith(name)] for name in sets}

    with caplog.at_level(logging.INFO, logger="uniner_hf.training"):
        first = ids()
        told = list(caplog.messages)
    assert first == ids() != ids(seed=1)
    assert len(first["crossner_ai"]) == 50
    assert 15 < sum("validation" in one for one in first["crossner_ai"]) < 35, "the splits are capped together"
    assert 25 < (halved := len(first["crossner_music"])) < 55
    assert told == [
        "left out of the mixture: 70 passages of crossner_ai: beyond max_passages",
        "left out of the mixture: 20 passages of crossner_music: beyond max_passages",
        f"left out of the mixture: {80 - halved} passages of crossner_music: weight below 1",
    ]
    sets["crossner_music"] |= {"weight": 2.5}
    often = Counter(ids()["crossner_music"])
    assert len(often) == 80 and {one for one in often if often[one] == 3} == {*first["crossner_music"]}
    sets["crossner_ai"] |= {"max_passages": None}
    assert len(ids()["crossner_ai"]) == 120, "null lifts the cap of the recipe"


def conversation(text: str) -> dict[str, Any]:
    said = [f"Text: {text}", "I've read this text.", "What describes city in the text?", '["Rome"]']
    speakers = ["human", "gpt"] * 2
    return {"conversations": [{"from": who, "value": what} for who, what in zip(speakers, said, strict=True)]}


def test_conversations_stand_beside_passages(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [conversation(text) for text in ("Rome woke.", "PARIS sleeps", "Rome woke.", "Rome slept.")]
    (folder / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with caplog.at_level(logging.INFO, logger="uniner_hf.training"):
        mixture = load_mixture(
            {"crossner_ai": {"splits": ["validation"]}},
            folder,
            conversations={"mine": {"source": str(folder / "mine.jsonl"), "weight": 2}},
            unseen=["crossner_ai/test"],
        )
    assert mixture.features == MIXED_FEATURES
    passage, *said = mixture.to_list()
    assert (passage["id"], passage["messages"]) == ("crossner_ai/validation/0", None)
    assert [row["id"] for row in said] == ["mine/train/0", "mine/train/0", "mine/train/3", "mine/train/3"]
    assert said[0] == {
        "id": "mine/train/0",
        "text": "Rome woke.",
        "entities": [],
        "types": [],
        "foreign_types": [],
        "messages": [
            {"role": "user", "content": "Text: Rome woke."},
            {"role": "assistant", "content": "I've read this text."},
            {"role": "user", "content": "What describes city in the text?"},
            {"role": "assistant", "content": '["Rome"]'},
        ],
    }
    assert caplog.messages == [
        "left out of the mixture: 1 passages of mine: duplicate",
        "left out of the mixture: 1 passages of mine: text kept for evaluation",
    ]


def test_the_rows_stand_in_files_that_go_with_the_process(folder: Path) -> None:
    program = f"""
from uniner_hf.training.mixture import load_mixture
mixture = load_mixture({{"crossner_ai": {{"splits": ["train"]}}}}, {str(folder)!r})
print(mixture.cache_files[0]["filename"])
"""
    environment = {"HF_DATASETS_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin"}
    root = Path(__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root, env=environment
    )
    path = Path(run.stdout.strip().splitlines()[-1])
    assert path.is_relative_to(folder / "cache") and not path.exists()
    assert not list((folder / "cache").glob("uniner-mixture-*"))


@pytest.mark.parametrize(
    ("sets", "more", "message"),
    [
        (
            {"crossner_ai": {"splits": ["train"], "share_of_empty": 0.0}},
            {"unseen": ["crossner_ai"]},
            "a row and one of its splits, such as crossner_ai/train; found 'crossner_ai'",
        ),
        (
            {"crossner_ai": {"splits": ["train"]}},
            {"unseen": ["crossner_ai/train"]},
            "passages to train on in crossner_ai, found none, left out were .*kept for evaluation': 3",
        ),
        ({"crossner": {"splits": ["train"]}}, {}, "Expected the name of a data set"),
    ],
)
def test_mistakes(folder: Path, sets: dict[str, Any], more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_mixture(sets, folder, **more)


def test_missing_files(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="wnut17"):
        load_mixture({"wnut17": {"splits": ["train"]}}, folder)
