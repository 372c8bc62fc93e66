"""Recipes that cannot be carried out: each fails in one sentence that names the fix, before a model is loaded."""

import re
from pathlib import Path
from typing import Any

import pytest
import transformers
import yaml
from tiny_models import bert_decoder, llama, llama_tokenizer, write_columns, write_recipe

from uniner_hf.training import starting_model
from uniner_hf.training.plan import plan
from uniner_hf.training.recipe import load_recipe
from uniner_hf.training.run import train

pytestmark = pytest.mark.usefixtures("datasets_cache")

SETS = {"crossner_ai": {"splits": ["train"]}}
ONE_TYPE = {"splits": ["train"], "left_out_types": ["location"], "share_of_empty": 0.0}
SAID = '{"conversations": [{"from": "%s", "value": "Text: Hi."}, {"from": "gpt", "value": "Read."}]}'


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any loading of weights fail the test."""

    def load(*_: Any, **__: Any) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", load)
    monkeypatch.setattr(transformers.AutoModel, "from_pretrained", load)
    monkeypatch.setattr(starting_model, "decoder_from_encoder", load)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tokenizer and the shape of a model, a set, a file, and a file of conversations of another kind."""
    llama_tokenizer().save_pretrained(tmp_path / "base")
    llama(9).config.save_pretrained(tmp_path / "base")
    write_columns(tmp_path / "raw/crossner/ai/train.txt", "Ada|person wrote .", "Rome|location woke .")
    write_columns(tmp_path / "raw/crossner/ai/test.txt", "Ada|person wrote .", "Rome|location woke .")
    write_columns(tmp_path / "raw/broad_tweet_corpus/a.conll", "Ada|PER wrote .")
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "bots.jsonl").write_text(SAID % "human" + "\n" + SAID % "bot", encoding="utf-8")
    (tmp_path / "texts.jsonl").write_text('{"id": "1", "text": "Hi."}', encoding="utf-8")
    return tmp_path


def only(name: str, **options: Any) -> dict[str, Any]:
    return {"sets": {name: {"splits": ["train"], **options}}}


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no positions": ({"max_length": 300}, "max_length of at most 256, the positions of the model; found 300"),
    "idle foreign types": (
        only("crossner_ai", foreign_types=["band"]),
        "above 0 with the foreign_types of crossner_ai, found 0; set it, or take foreign_types out",
    ),
    "no negatives in proportion": (
        {"sets": {"crossner_ai": ONE_TYPE}, "unseen": [], "negatives_per_passage": 0, "negatives_ratio": 1.0},
        "crossner_ai to lack a type that may be asked of it",
    ),
    "a split of a file": (
        {"conversations": {"mine": {"source": "{folder}/bots.jsonl", "split": "test"}}},
        "no split, found 'test': a file is read whole; take it out",
    ),
    "unknown key": ({"max_lenght": 512}, "unknown key 'max_lenght': did you mean max_length"),
    "unknown option": (only("crossner_ai", repeat=2), "the set crossner_ai: unknown key 'repeat'"),
    "no source": ({"sets": None}, "Expected sets, passages or conversations to train on, found none; name one"),
    "adapters on a new head": ({"method": "qlora", "warm_start": True}, "a head that is new must be trained"),
    "adapters of no use": ({"lora_rank": 8}, r"set method to lora or qlora, or remove it \(--lora_rank null\)"),
    "bare yes": ({"save_strategy": True}, "put the word in quotes"),
    "bare no": ({"negatives": False}, "YAML reads yes, no, on and off so: put the word in quotes"),
    "number for a word": ({"model": 7}, "expected model to be a word, found 7; put it in quotes"),
    "word for a number": ({"learning_rate": "high"}, "expected learning_rate to be a number, found 'high'"),
    "no learning": ({"learning_rate": 0}, "learning_rate above 0, found 0.0; try 2e-5"),
    "negative rate": ({"learning_rate": -1e-5}, "learning_rate above 0, found -1e-05; try 2e-5"),
    "no data folder": ({"data_dir": "nowhere"}, "the folder of the original files at nowhere, found none; name it"),
    "no files of a set": (only("wnut17"), "the original files of wnut17 in .*found none of them; get them from"),
    "no files of a split": (
        only("crossner_ai", splits=["train", "validation"]),
        "the files of crossner_ai/validation in .*, as crossner/ai/dev.txt, found none; add them, or take the split",
    ),
    "no files to keep unseen": ({"unseen": ["mit_movie/test"]}, "the original files of mit_movie in"),
    "output is a file": ({"output_dir": "{folder}/file"}, "found the file .*/file; name another one"),
    "output in a file": ({"output_dir": "{folder}/file/out"}, "found the file .*/file; name another one"),
    "nothing left": (
        {"unseen": ["crossner_ai/test"]},
        "in crossner_ai, found none, .*; change its options, or remove",
    ),
    "no negatives": (
        {"sets": {"crossner_ai": ONE_TYPE}},
        "crossner_ai to lack a type that may be asked of it, found none in 1: .*; keep its passages without entities",
    ),
    "no room at all": ({"max_length": 40}, "max_length above the 48 tokens that a question takes, found 40; raise it"),
    "no room in any": (
        {"max_length": 50},
        "room for a question within max_length=50 .* in 2 rows; raise max_length",
    ),
    "missing column": (
        {"conversations": {"mine": {"source": "{folder}/texts.jsonl"}}},
        "texts.jsonl, row 1: expected a column messages .* found id, text; rename the column",
    ),
    "wrong role": (
        {"conversations": {"mine": {"source": "{folder}/bots.jsonl"}}},
        "bots.jsonl, row 2: Expected turns .*, found {'from': 'bot', .*; rename its keys and role",
    ),
    "two of a name": (
        {"conversations": {"crossner_ai": {"source": "{folder}/bots.jsonl"}}},
        r"found \['crossner_ai'\] in both; rename them",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_recipe_that_cannot_be_carried_out(folder: Path, fault: str) -> None:
    given, message = FAULTS[fault]
    said = yaml.safe_load(yaml.safe_dump(given).replace("{folder}", str(folder)))
    path = write_recipe(folder, folder / "raw", **{"sets": SETS, "unseen": [], **said})
    with pytest.raises((ValueError, OSError), match=message) as told:
        train(*load_recipe(path))
    sentence = str(told.value)
    assert sentence.count("\n") == 0
    assert not re.search(r"[.!?] +[A-Z]", sentence.rstrip(".")), "it is one sentence"
    with pytest.raises(type(told.value), match=message):
        plan(*load_recipe(path))


def test_a_sound_recipe_comes_as_far_as_the_model(folder: Path) -> None:
    path = write_recipe(folder, folder / "raw", sets=SETS, unseen=[])
    with pytest.raises(AssertionError, match="a model was loaded"):
        train(*load_recipe(path))


@pytest.mark.parametrize(
    "way_out",
    [
        {"negatives": "none"},
        {"negatives_per_passage": 0},
        only("crossner_ai", left_out_types=["location"]),
        {
            "sets": {
                "crossner_ai": {**ONE_TYPE, "foreign_types": ["band"]},
                "crossner_music": {"splits": ["train"]},
            },
            "foreign_negatives_per_passage": 1,
        },
    ],
)
def test_ways_out_of_a_set_without_negatives(folder: Path, way_out: dict[str, Any]) -> None:
    write_columns(folder / "raw/crossner/music/train.txt", "Abba|band sang .", "It rained .")
    given = {"sets": {"crossner_ai": ONE_TYPE}, "unseen": [], **way_out}
    path = write_recipe(folder, folder / "raw", **given)
    with pytest.raises(AssertionError, match="a model was loaded"):
        train(*load_recipe(path))


def test_a_warm_start_is_checked_with_its_own_tokenizer(folder: Path) -> None:
    from tiny_models import wordpiece_tokenizer

    wordpiece_tokenizer().save_pretrained(folder / "base")
    bert_decoder(9).config.save_pretrained(folder / "base")
    more = {"warm_start": True, "question_attention": "independent", "sets": SETS, "unseen": []}
    path = write_recipe(folder, folder / "raw", **more, max_length=50)
    with pytest.raises(ValueError, match="within max_length=50 tokens, found none"):
        train(*load_recipe(path))
    with pytest.raises(AssertionError, match="a model was loaded"):
        train(*load_recipe(path, {"max_length": 64}))
