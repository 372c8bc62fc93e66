"""The evaluation asks every type on every passage and reports what came back."""

import json
from pathlib import Path

import pytest
from datasets import Dataset

from uniner_hf.evaluation.presets import PRESETS, EvaluationSet, named_sets
from uniner_hf.evaluation.runner import Evaluation, evaluate

LINES = "Ada\tB-researcher\nwrote\tO\nLisp\tB-programlang\n\nno\tO\nnames\tO\n\nBob\tB-researcher\nslept\tO\n\n"


class FindsAda:
    """A pipeline that calls `Ada` a researcher, `wrote` a task, and nothing else anything."""

    def __init__(self):
        self.asked = []

    def __call__(self, texts, entity_types, batch_size):
        self.asked.append(entity_types)
        for text in texts:
            found = [("researcher", "Ada"), ("task", "wrote")]
            yield [self.entity(name, word, text.index(word)) for name, word in found if word in text]

    @staticmethod
    def entity(name, word, start):
        return {"entity_group": name, "score": 0.9, "word": word, "start": start, "end": start + len(word)}


@pytest.fixture
def data_dir(tmp_path, datasets_cache):
    folder = tmp_path / "raw" / "crossner" / "ai"
    folder.mkdir(parents=True)
    (folder / "test.txt").write_text(LINES, encoding="utf-8")
    return tmp_path / "raw"


def test_counts_and_files(data_dir, tmp_path):
    ner = FindsAda()
    (result,) = evaluate(ner, [EvaluationSet("crossner_ai", group="zero-shot")], data_dir, tmp_path / "out")
    assert len(ner.asked[0]) == 13 and "misc" not in ner.asked[0]
    assert (result.passages, result.questions) == (3, 39)
    # One of three gold mentions found, one of two predictions right.
    assert (result.precision, result.recall) == (pytest.approx(0.5), pytest.approx(1 / 3))
    assert (result.absent_questions, result.absent_answered) == (36, 1)
    report = json.loads((tmp_path / "out" / "results.json").read_text())
    assert report["averages"] == {"zero-shot": pytest.approx(0.4)}
    assert report["absent_answer_rate"] == pytest.approx(1 / 36)
    predictions = Dataset.from_parquet(str(tmp_path / "out" / "crossner_ai.parquet"))
    assert sorted(predictions["id"]) == [f"crossner_ai/test/{number}" for number in range(3)]


def test_limit_takes_the_first_passages(data_dir, tmp_path):
    (result,) = evaluate(FindsAda(), [EvaluationSet("crossner_ai")], data_dir, tmp_path / "out", limit=1)
    assert result.passages == 1
    assert result.recall == pytest.approx(0.5)


def test_averages_are_means_over_sets_of_a_group():
    assert Evaluation("strict").averages() == {}
    assert Evaluation("strict").absent_answer_rate() == 0.0


def test_presets_name_rows_and_splits_of_the_catalogue():
    from uniner_hf.benchmark.catalog import find_row

    for sets in PRESETS.values():
        for one in sets:
            assert one.split in find_row(one.name).files


def test_named_sets():
    assert [one.name for one in named_sets(["wnut17"])] == ["wnut17"]
    assert "crossner_ai" in [one.name for one in named_sets(None)]
    with pytest.raises(ValueError, match="test file, found litbank"):
        named_sets(["litbank"])
    with pytest.raises(ValueError, match="nonsense"):
        named_sets(["nonsense"])


def test_paths_are_paths(data_dir, tmp_path):
    list(evaluate(FindsAda(), [EvaluationSet("crossner_ai")], str(data_dir), Path(tmp_path) / "a" / "b"))
    assert (tmp_path / "a" / "b" / "results.json").is_file()
