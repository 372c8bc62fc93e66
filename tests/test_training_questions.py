"""What an epoch asks of a row: the templates, how many types it lacks, conversations beside passages."""

from pathlib import Path
from random import Random
from typing import Any

import datasets
import pytest
from tiny_models import passages, settings

from uniner_hf.training.questions import Question, QuestionDrawer


def drawer(tmp_path: Path, source: datasets.Dataset | None = None, **given: Any) -> QuestionDrawer:
    return QuestionDrawer(source or passages(), settings(tmp_path, **given))


def drawn(one: QuestionDrawer, row: dict[str, Any], seed: int = 0) -> list[tuple[str, str]]:
    return one.turns(one.draw(row, Random(seed)))


def test_the_dataset_specific_template_names_the_set(tmp_path: Path) -> None:
    row = passages()[0]
    assert (
        drawer(tmp_path, template="dataset-specific").opening(row)[1].content.startswith("Dataset: tiny \n Text: Bar")
    )
    assert drawer(tmp_path).opening(row)[1].content.startswith("Text: Barack")


def test_the_definition_template_asks_by_definitions_where_there_are_some(tmp_path: Path) -> None:
    one = drawer(tmp_path, template="definition", definitions={"person": "a human being"}, negatives="none")
    assert sorted(drawn(one, passages()[0])) == [
        ("What describes a human being in the text?", '["Barack Obama", "Angela Merkel"]'),
        ("What describes location in the text?", '["Berlin"]'),
    ]


def test_the_all_in_one_template_asks_once_and_lists_pairs_in_text_order(tmp_path: Path) -> None:
    one = drawer(tmp_path, template="all-in-one", negatives_per_passage=1)
    orders = set()
    for seed in range(8):
        ((asked, told),) = drawn(one, passages()[0], seed)
        names = asked.removeprefix("What describes each of these types in the text: ").removesuffix("?").split(", ")
        assert len(names) == 3 and {"person", "location"} < set(names)
        assert told == '[["Barack Obama", "person"], ["Angela Merkel", "person"], ["Berlin", "location"]]'
        orders.add(tuple(names))
    assert len(orders) > 3
    assert one.turns([]) == []


@pytest.mark.parametrize(("ratio", "negatives"), [(0.1, 1), (0.5, 1), (1.0, 2), (9.0, 2)])
def test_negatives_in_proportion_to_the_types_of_the_passage(ratio: float, negatives: int, tmp_path: Path) -> None:
    one = drawer(tmp_path, negatives_ratio=ratio)
    told = drawn(one, passages()[0])
    assert len(told) == 2 + negatives, "two types in the passage, two others in the set"
    assert one.negative_count(passages()[0]) >= negatives


def test_conversations_beside_passages(tmp_path: Path) -> None:
    turns = [("human", "Text: Hi."), ("gpt", "Read."), ("human", "What describes a in the text?"), ("gpt", "[]")]
    rows = [{**passages()[1], "conversations": None}]
    rows.append(
        {"id": "p/1", "text": None, "entities": None, "conversations": [{"from": f, "value": v} for f, v in turns]}
    )
    one = drawer(tmp_path, datasets.Dataset.from_list(rows), template="all-in-one")
    assert one.frequencies == {"organization": 1, "location": 1}
    assert one.opening(rows[1])[1].content == "Text: Hi."
    assert drawn(one, rows[1]) == [("What describes a in the text?", "[]")], "as it came, whatever the template"
    assert one.negative_count(rows[1]) == 0
    assert len(drawn(one, rows[0])) == 1


def test_own_questions_come_under_their_longest_names(tmp_path: Path) -> None:
    one = drawer(tmp_path, type_paraphrases={"person": ["human", "human individual"]})
    assert [question.name for question in one.own(passages()[0])] == ["human individual", "location"]
    assert all(question.own == number for number, question in enumerate(one.own(passages()[0])))


def test_the_usual_negative_is_of_middle_length(tmp_path: Path) -> None:
    assert drawer(tmp_path).usual_negative() == Question("What describes person in the text?", "[]", -1, "person")
    empty = datasets.Dataset.from_list([{"messages": [{"role": "user", "content": "Text: Hi."}]}])
    assert drawer(tmp_path, empty).usual_negative().answer == "[]"
