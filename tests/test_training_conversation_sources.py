"""Conversations of a recipe: where they are read from, and what is wrong with their rows."""

import json
from pathlib import Path
from typing import Any

import datasets
import pytest

from uniner_hf.training.conversation_sources import (
    ConversationOptions,
    conversation_rows,
    read_conversation_options,
    read_messages,
)
from uniner_hf.training.exclusions import Exclusions
from uniner_hf.training.lineage import training_sources
from uniner_hf.training.mixture import load_mixture

pytestmark = pytest.mark.usefixtures("datasets_cache")
PUBLISHED = Path(__file__).parent / "data" / "pile_ner"


def turns(*said: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[number % 2], "content": what} for number, what in enumerate(said)]


ROW = {"messages": turns("Dataset: d \n Text: Rome woke.", "I've read this text.", "What describes city?", '["Rome"]')}


def read(name: str, given: dict[str, Any] | None, data_dir: Path | None = None) -> list[dict[str, Any]]:
    return [*conversation_rows(name, read_conversation_options(name, given), data_dir, Exclusions(), seed=0)]


def test_pile_ner_is_read_from_the_data_folder(tmp_path: Path) -> None:
    for variant in ("type", "definition"):
        (tmp_path / f"pile_ner_{variant}").symlink_to(PUBLISHED / variant)
    rows = read("pile_ner_type", None, tmp_path)
    assert [row["id"] for row in rows] == [f"pile_ner_type/train/{number}" for number in range(3)]
    assert rows[2]["text"] == "The ferry to Example Island was late."
    assert [message["role"] for message in rows[2]["messages"]] == ["system", *["user", "assistant"] * 2]
    assert rows == read("pile_ner_type", {"source": str(PUBLISHED / "type")})
    (definition,) = read("pile_ner_definition", {}, tmp_path)
    assert definition["messages"] != rows[0]["messages"]


def test_the_card_of_a_model_names_pile_ner() -> None:
    mixture = load_mixture({}, None, conversations={"pile_ner_type": {"source": str(PUBLISHED / "type")}})
    (source,) = training_sources(mixture)
    assert (source.title, source.passages, source.licence) == ("Pile-NER-type", 3, "CC BY-NC 4.0")
    assert source.homepage == "https://huggingface.co/datasets/Universal-NER/Pile-NER-type"


@pytest.mark.parametrize("kind", ["json", "jsonl", "parquet", "folder"])
def test_files_of_ones_own(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"mine.{kind}"
    other = {"messages": turns("Text: Rain.", "I've read this text.", "What describes city?", "[]")}
    if kind == "json":
        path.write_text(json.dumps([ROW, other]), encoding="utf-8")
    elif kind == "jsonl":
        path.write_text(json.dumps(ROW) + "\n" + json.dumps(other) + "\n", encoding="utf-8")
    elif kind == "parquet":
        datasets.Dataset.from_list([ROW, other]).to_parquet(path)
    else:
        path = tmp_path / "mine"
        datasets.Dataset.from_list([ROW, other]).to_parquet(path / "train.parquet")
    first, second = read("mine", {"source": str(path)})
    assert (first["text"], first["messages"]) == ("Rome woke.", ROW["messages"])
    assert (second["id"], second["text"], second["entities"]) == ("mine/train/1", "Rain.", [])
    assert len(read("mine", {"source": str(path), "max_conversations": 1})) == 1


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    rows = [ROW, ROW, {"messages": turns("Text: Rome woke.", "I've read this text.")}]
    rows += [{"messages": turns(f"Text: {text}", "I've read it.", "What?", "[]")} for text in ("?", "Unseen!")]
    (tmp_path / "mine.json").write_text(json.dumps(rows), encoding="utf-8")
    exclusions = Exclusions(["unseen"])
    options = ConversationOptions(source=str(tmp_path / "mine.json"))
    assert len([*conversation_rows("mine", options, None, exclusions, seed=0)]) == 1
    assert exclusions.counts == {
        "mine: duplicate": 1,
        "mine: no question": 1,
        "mine: no text": 1,
        "mine: text kept for evaluation": 1,
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "a", "text": "b"}, "mine, row 3: expected a column messages .* found id, text; rename the column"),
        ({"messages": "Text: Hi."}, "with a list of turns, found messages; rename"),
        (
            {"conversations": [{"from": "bot", "value": "Hi."}]},
            "mine, row 3: Expected turns with from, one of .* human, gpt, .*, found .*bot.*; rename its keys and role",
        ),
        ({"messages": [{"role": "user", "text": "Hi."}]}, "found {'role': 'user', 'text': 'Hi.'}; rename"),
        ({"messages": ["Hi."]}, "found 'Hi.'; rename"),
        (
            {"messages": ROW["messages"][:3]},
            r"mine, row 3: Expected .* turns that alternate, .*\['user', 'assistant', 'user'\]; correct the row",
        ),
    ],
)
def test_rows_that_are_no_conversations(row: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_messages(row, "mine, row 3")


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "mine",
            {},
            "the conversations mine a source, .* found none; add it, or name one of pile_ner_type",
        ),
        ("pile_ner_type", {"wieght": 1}, "the conversations pile_ner_type: unknown key 'wieght': did you mean weight"),
        ("pile_ner_type", {"weight": -1}, "weight of pile_ner_type above 0"),
        ("pile_ner_type", {"max_conversations": 0}, "max_conversations of pile_ner_type to be at least 1, found 0"),
        ("pile_ner_type", "file.json", "for the conversations pile_ner_type options such as source: FILE"),
        ("org/data", {}, r"without a slash, found 'org/data'; write NAME: {source: org/data}"),
    ],
)
def test_options_that_do_not_serve(name: str, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_conversation_options(name, given)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="the conversations mine in .*none.jsonl, found no such file; name it"):
        read_conversation_options("mine", {"source": str(tmp_path / "none.jsonl")})
    with pytest.raises(FileNotFoundError, match="found no such folder nor data set on the Hub; correct its source"):
        read("mine", {"source": str(tmp_path / "none")})
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="expected at least one record, found none"):
        load_mixture({}, None, conversations={"mine": {"source": str(tmp_path / "empty.jsonl")}})
