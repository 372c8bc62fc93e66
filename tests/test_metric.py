"""The `evaluate` module is a face of `uniner_hf.scoring` that loads offline."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import pytest

from uniner_hf.metrics import metric_path
from uniner_hf.schema import Entity
from uniner_hf.scoring import Protocol, score_entities

evaluate = pytest.importorskip("evaluate")

NEW_YORK = Entity("city", "New York", 0, 8)
YORK = Entity("city", "York", 4, 8)
ADA = Entity("person", "Ada", 12, 15)
PREDICTED, GOLD = [[YORK, ADA], [NEW_YORK], []], [[NEW_YORK, ADA], [], []]


def rows(passages: list[list[Entity]]) -> list[list[dict[str, Any]]]:
    return [[asdict(entity) for entity in passage] for passage in passages]


@pytest.fixture(scope="module")
def metric(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evaluate.config.HF_EVALUATE_OFFLINE", True)
        patch.setattr("evaluate.config.HF_MODULES_CACHE", str(tmp_path_factory.mktemp("modules")))
        yield evaluate.load(str(metric_path()), cache_dir=str(tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("protocol", get_args(Protocol))
def test_the_module_returns_the_scores_of_the_package(metric: Any, protocol: Protocol) -> None:
    result = metric.compute(predictions=rows(PREDICTED), references=rows(GOLD), protocol=protocol)
    scores = score_entities(PREDICTED, GOLD, protocol)
    assert result == asdict(scores) | {"absent_answer_rate": scores.absent_answer_rate}


def test_upstream_is_the_protocol_unless_another_is_named(metric: Any) -> None:
    result = metric.compute(predictions=rows(PREDICTED), references=rows(GOLD))
    assert result["f1"] == score_entities(PREDICTED, GOLD, "upstream").f1


def test_the_module_is_named_as_its_folder(metric: Any) -> None:
    assert metric.name == metric_path().name


def test_types_restrict_what_is_scored(metric: Any) -> None:
    result = metric.compute(predictions=rows(PREDICTED), references=rows(GOLD), types=["person"])
    assert (result["f1"], list(result["per_type"])) == (1.0, ["person"])


def test_passages_may_be_added_one_by_one(metric: Any) -> None:
    for predicted, gold in zip(rows(PREDICTED), rows(GOLD), strict=True):
        metric.add(prediction=predicted, reference=gold)
    assert metric.compute(protocol="strict")["tp"] == 1


@pytest.mark.parametrize("passages", [[], [[]], [[], []]])
def test_nothing_predicted_and_nothing_annotated_scores_zero(metric: Any, passages: list[list[Entity]]) -> None:
    result = metric.compute(predictions=passages, references=passages)
    assert (result["precision"], result["recall"], result["f1"], result["gold"]) == (0.0, 0.0, 0.0, 0)


def test_the_order_of_an_entitys_keys_does_not_matter(metric: Any) -> None:
    shuffled = [[dict(reversed(row.items())) for row in passage] for passage in rows(GOLD)]
    assert metric.compute(predictions=shuffled, references=rows(GOLD), protocol="strict")["f1"] == 1.0


def test_an_unknown_protocol_is_named(metric: Any) -> None:
    with pytest.raises(ValueError, match="expected one of upstream, strict, partial; found 'exact'"):
        metric.compute(predictions=rows(GOLD), references=rows(GOLD), protocol="exact")


def test_the_folder_has_what_a_space_needs() -> None:
    folder = metric_path()
    assert folder.is_absolute() and (folder / f"{folder.name}.py").is_file()
    front_matter = re.match(r"---\n(.*?)\n---\n", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert front_matter is not None
    assert {"sdk: gradio", "app_file: app.py", "- evaluate", "- metric"} <= set(front_matter[1].split("\n"))
    assert "launch_gradio_widget" in (folder / "app.py").read_text(encoding="utf-8")
    assert "uniner-hf" in (folder / "requirements.txt").read_text(encoding="utf-8").split()


def test_the_sessions_in_the_card_and_the_help_run(metric: Any) -> None:
    card = (metric_path() / "README.md").read_text(encoding="utf-8")
    for name, text in {"card": card, "help": metric.inputs_description}.items():
        session = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
        result = doctest.DocTestRunner().run(session)
        assert result.failed == 0 and result.attempted >= 5
