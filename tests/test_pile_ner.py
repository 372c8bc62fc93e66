"""Pile-NER from a folder, and from a stand-in for the Hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import uniner_hf
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.builders.pile_ner import CONVERSATION_FEATURES, PileNER, load_pile_ner
from uniner_hf.conversations import Message, conversation, render
from uniner_hf.schema import AnnotatedPassage, Entity

pytestmark = pytest.mark.usefixtures("datasets_cache")

SYSTEM = "A virtual assistant answers questions from a user based on the provided text."


@pytest.fixture
def published() -> Path:
    return Path(__file__).parent / "data" / "pile_ner"


def rendered(row: dict[str, Any]) -> str:
    return render([Message(message["role"], message["content"]) for message in row["messages"]]).text


def test_rows_are_conversations_with_the_system_message(published: Path) -> None:
    rows = uniner_hf.load_pile_ner("type", split="train", data_dir=published / "type")
    assert rows.features == CONVERSATION_FEATURES
    assert rows["id"][:] == ["ner_0", "ner_1", "ner_2"]
    assert rows[2]["messages"] == [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": "Text: The ferry to Example Island was late."},
        {"role": "assistant", "content": "I've read this text."},
        {"role": "user", "content": "What describes location in the text?"},
        {"role": "assistant", "content": '["Example Island"]'},
    ]


def test_a_row_renders_to_the_string_that_the_checkpoints_were_trained_on(published: Path) -> None:
    rows = load_pile_ner("type", split="train", data_dir=published / "type")
    assert rendered(rows[0]) == (
        f'{SYSTEM} USER: Text: Jane Doe opened a bakery in São Paulo.\nIt sells {{"cakes"}}, [bread] and tea. '
        "ASSISTANT: I've read this text.</s>"
        'USER: What describes person in the text? ASSISTANT: ["Jane Doe"]</s>'
        'USER: What describes food in the text? ASSISTANT: ["cakes", "bread", "tea"]</s>'
        "USER: What describes planet in the text? ASSISTANT: []</s>"
    )


def test_a_row_is_what_the_package_itself_would_ask(published: Path) -> None:
    text = "Jane Doe opened a bakery in São Paulo."
    entities = (Entity("a human being, alone or one of a group", "Jane Doe", 0, 8), Entity("c", "São Paulo", 28, 37))
    own = conversation(
        AnnotatedPassage("0", text, entities),
        [entity.type for entity in entities],
        definitions={"c": "a large human settlement"},
        ascii_only=True,
    )
    (row,) = load_pile_ner("definition", split="train", data_dir=published / "definition")
    assert rendered(row) == render(own).text


def test_without_a_split_the_only_one_comes_in_a_dictionary(published: Path) -> None:
    assert {name: len(rows) for name, rows in load_pile_ner(data_dir=published / "type").items()} == {"train": 3}


def test_json_lines_are_read_as_well(published: Path, tmp_path: Path) -> None:
    records = json.loads((published / "type" / "train.json").read_text(encoding="utf-8"))
    lines = "\n".join(json.dumps(record) for record in records)
    (tmp_path / "train.json").write_text(lines, encoding="utf-8")
    expected = load_pile_ner("type", split="train", data_dir=published / "type")
    assert load_pile_ner("type", split="train", data_dir=tmp_path).to_list() == expected.to_list()


def test_the_cache_notices_a_changed_file(published: Path, tmp_path: Path) -> None:
    for variant, rows in (("type", 3), ("definition", 1)):
        (tmp_path / "train.json").write_bytes((published / variant / "train.json").read_bytes())
        assert len(load_pile_ner("type", split="train", data_dir=tmp_path)) == rows


OPENING = [{"from": "human", "value": "Text: Hi."}, {"from": "gpt", "value": "I've read this text."}]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"conversations": OPENING}, "record 2, id None: expected an 'id' that is a string"),
        ({"id": 7, "conversations": OPENING}, "record 2, id 7: expected an 'id'"),
        (
            {"id": "ner_7"},
            "record 2, id 'ner_7': expected 'conversations' with pairs of turns, human and gpt, found None",
        ),
        ({"id": "ner_7", "conversations": []}, "pairs of turns, human and gpt, found 0 turns"),
        ({"id": "ner_7", "conversations": OPENING[:1]}, "pairs of turns, human and gpt, found 1 turns"),
        (
            {"id": "ner_7", "conversations": OPENING[::-1]},
            "expected turn 1 to be {'from': 'human', 'value': <string>}",
        ),
        (
            {"id": "ner_7", "conversations": ["Hi.", "Hi."]},
            "turn 1 to be {'from': 'human', 'value': <string>}, found 'H",
        ),
        (
            {"id": "ner_7", "conversations": [OPENING[0], {"from": "gpt", "value": None}]},
            "turn 2 to be {'from': 'gpt'",
        ),
        ({"id": "ner_7", "conversations": [OPENING[0], {"from": "gpt"}]}, "found {'from': 'gpt'}"),
    ],
)
def test_a_broken_record_names_file_number_id_and_what_was_expected(
    record: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "train.json"
    path.write_text(json.dumps([{"id": "ner_0", "conversations": OPENING}, record]), encoding="utf-8")
    with pytest.raises(DataFormatError) as caught:
        load_pile_ner("type", data_dir=tmp_path)
    assert str(caught.value).startswith(f"{path}: record 2, id ")
    assert message in str(caught.value)
    assert "download the file again from https://huggingface.co/datasets/Universal-NER/Pile-NER-type" in str(
        caught.value
    )


def test_a_file_that_ends_too_early_is_an_error(published: Path, tmp_path: Path) -> None:
    whole = (published / "type" / "train.json").read_text(encoding="utf-8")
    (tmp_path / "train.json").write_text(whole[:-100], encoding="utf-8")
    with pytest.raises(DataFormatError, match=r"train\.json: record 3: expected a complete JSON object"):
        load_pile_ner("type", data_dir=tmp_path)


def test_a_folder_without_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match="train.json, found no such file; download .*/Pile-NER-definition into"
    ):
        load_pile_ner("definition", data_dir=tmp_path)


def test_unknown_names_are_answered_with_the_known_ones(published: Path) -> None:
    with pytest.raises(ValueError, match="variant to be 'type' or 'definition', found 'types'; ask for one of them"):
        load_pile_ner("types", data_dir=published / "type")
    with pytest.raises(ValueError, match="split to be 'train', .*found 'test'; ask for one of them"):
        load_pile_ner("type", split="test", data_dir=published / "type")


def test_the_builder_asks_for_types_unless_told_otherwise(published: Path) -> None:
    builder = PileNER(data_dir=str(published / "type"))
    assert (builder.config.name, builder.info.license) == ("type", "CC BY-NC 4.0")
    assert [row["id"] for row in builder.as_streaming_dataset(split="train")] == ["ner_0", "ner_1", "ner_2"]


COMMIT = "0" * 40


class HubStandIn(BaseHTTPRequestHandler):
    """As much of the Hub as reading one file of one data set takes."""

    content = b""

    def do_GET(self) -> None:
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{COMMIT}"', "Content-Type": "application/json"}
        body = json.dumps({"id": "Universal-NER/Pile-NER-type", "sha": COMMIT, "siblings": []}).encode()
        if self.path.endswith("/resolve/main/train.json"):
            body = self.content
        elif "/tree/" in self.path:
            file = {"type": "file", "oid": COMMIT, "size": len(self.content), "path": "train.json"}
            body = json.dumps([file]).encode()
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(published: Path) -> Iterator[str]:
    """The address of a stand-in that has Pile-NER-type."""
    handler = type("Handler", (HubStandIn,), {"content": (published / "type" / "train.json").read_bytes()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run_with_hub(endpoint: str, home: Path, program: str) -> str:
    """Run a program that reads the address of the Hub from its environment, as libraries do when they are imported."""
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-W", "error:::uniner_hf", "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_the_hub_gives_the_file_once(hub: str, tmp_path: Path) -> None:
    program = """
import uniner_hf
from uniner_hf.builders.pile_ner import PileNER
print(uniner_hf.load_pile_ner("type", split="train")["id"][:])
PileNER._split_generators = None  # what is in the cache is not asked for again
print(uniner_hf.load_pile_ner("type", split="train")["id"][:])
"""
    assert run_with_hub(hub, tmp_path, program).splitlines() == ["['ner_0', 'ner_1', 'ner_2']"] * 2


def test_a_hub_out_of_reach_is_a_clear_error(tmp_path: Path) -> None:
    program = """
import uniner_hf
try:
    uniner_hf.load_pile_ner("definition")
except ConnectionError as error:
    print(error)
"""
    message = run_with_hub("http://127.0.0.1:9", tmp_path, program)
    assert message.startswith(
        "Expected to download hf://datasets/Universal-NER/Pile-NER-definition/train.json, found "
    )
    assert "Connection refused" in message
    assert message.endswith("or name with data_dir a folder that holds train.json.\n")
