"""What is asked of passages and how what comes back is counted, by one process and by several."""

from typing import Any

import pytest
from datasets import Dataset

from uniner_hf.training.entity_counts import EntityCounts, asked_types, count_entities, share_of

TEXTS = ["Ada wrote to Bob .", "Ada slept .", "Nothing .", "Rome is old and Ada came ."]
CITY, PERSON = "city", "person"


def entity(kind: str, text: str, start: int) -> dict[str, Any]:
    return {"type": kind, "text": text, "start": start, "end": start + len(text)}


def rows(**columns: Any) -> Dataset:
    found = [
        [entity(PERSON, "Ada", 0), entity(PERSON, "Bob", 13)],
        [entity(PERSON, "Ada", 0)],
        [],
        [entity(CITY, "Rome", 0), entity(PERSON, "Ada", 16)],
    ]
    return Dataset.from_dict({"text": TEXTS, "entities": found, **columns})


class CallsAda:
    """A pipeline that takes `Ada` for whatever it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], list[str]]] = []
        self.options: list[dict[str, Any]] = []

    def __call__(self, texts: Any, entity_types: list[str], batch_size: int, **options: Any) -> Any:
        texts = list(texts)
        self.asked.append((texts, entity_types))
        self.options.append(options)
        for text in texts:
            start = text.find("Ada")
            named = {"word": "Ada", "start": start, "end": start + 3, "score": 1.0}
            yield [{"entity_group": kind, **named} for kind in entity_types if start >= 0]


def test_every_passage_is_asked_for_all_types_of_the_set() -> None:
    ner: Any = CallsAda()
    calls: list[None] = []
    counts = count_entities(ner, rows(), batch_size=2, answered=lambda: calls.append(None))
    assert ner.asked == [([TEXTS[2], TEXTS[1], TEXTS[0], TEXTS[3]], [CITY, PERSON])]
    assert len(calls) == 4
    # Ada is a person in three passages, and in the last a city too where another one is annotated.
    assert counts == EntityCounts(tp=3, predicted=6, gold=5, absent_questions=4, absent_answered=2)
    assert counts.metrics() == {
        "precision": 0.5,
        "recall": 0.6,
        "f1": pytest.approx(6 / 11),
        "absent_answered": 0.5,
    }


def test_rows_are_asked_for_their_own_types_and_those_of_their_mentions() -> None:
    types = [[PERSON, "river"], [], [], None]
    assert asked_types(rows(types=types)) == [(PERSON, "river"), (PERSON,), (), (CITY, PERSON)]
    ner: Any = CallsAda()
    counts = count_entities(ner, rows(types=types), batch_size=2)
    assert sorted(asked for _, asked in ner.asked) == [[CITY, PERSON], [PERSON], [PERSON, "river"]]
    assert (counts.absent_questions, counts.absent_answered) == (1, 1)


@pytest.mark.parametrize("processes", [2, 3, 5])
def test_shares_add_up_to_the_whole(processes: int) -> None:
    ner: Any = CallsAda()
    whole = count_entities(ner, rows(), batch_size=2)
    total = EntityCounts()
    for process in range(processes):
        total += count_entities(ner, rows(), batch_size=2, process=process, processes=processes)
    assert total == whole
    shares = [share_of(TEXTS, process, processes) for process in range(processes)]
    assert sorted(index for share in shares for index in share) == [0, 1, 2, 3]


def test_nothing_to_ask() -> None:
    with pytest.raises(ValueError, match="Expected an entity or a column types in the 1 passages .* found neither"):
        asked_types(rows().select([2]))


def test_no_counts_are_no_scores() -> None:
    assert set(EntityCounts().metrics().values()) == {0.0}


def test_a_model_is_asked_by_the_template_that_it_is_trained_with() -> None:
    ner: Any = CallsAda()
    named = rows().add_column("id", ["ncbi/test/0", "ncbi/test/1", "wnut17/test/0", "wnut17/test/1"])
    count_entities(ner, named, batch_size=2, template="dataset-specific")
    assert {
        options["dataset_name"]: len(texts) for options, (texts, _) in zip(ner.options, ner.asked, strict=True)
    } == {
        "ncbi": 2,
        "wnut17": 2,
    }
    ner = CallsAda()
    count_entities(ner, rows(), batch_size=2, template="all-in-one")
    assert ner.options == [{"template": "all-in-one", "grounded": False}]
    ner = CallsAda()
    count_entities(ner, rows(), batch_size=2, template="definition", definitions={PERSON: "a human being"})
    assert ner.asked[0][1] == {CITY: CITY, PERSON: "a human being"}
