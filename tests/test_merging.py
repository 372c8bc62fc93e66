"""Entities of a text from what was written about its windows."""

from typing import Any

import pytest

from uniner_hf.decoding.answering import Answers, Mention
from uniner_hf.decoding.merging import merge_windows, resolve_overlaps
from uniner_hf.decoding.options import Options
from uniner_hf.decoding.scores import ScoreScale
from uniner_hf.decoding.windows import Window

TEXT = "Paris Hilton saw Paris."


def merged(*answered: tuple[Window, list[list[tuple[int, int, float]]]], text: str = TEXT, **given: Any) -> list[Any]:
    """Return (type, start, end, score) of what is left of mentions given as (start, end, probability) in a window."""
    options = Options.read({"entity_types": ["city", "person"], **given})
    found = [
        (window, Answers([[Mention((start, end), score) for start, end, score in one] for one in mentions], []))
        for window, mentions in answered
    ]
    entities = merge_windows(text, found, options)
    assert all(text[entity["start"] : entity["end"]] == entity["word"] for entity in entities)
    return [(entity["entity_group"], entity["start"], entity["end"], entity["score"]) for entity in entities]


def whole(text: str = TEXT) -> Window:
    return Window(text, 0, (0, len(text)))


def test_entities_come_in_order_of_start_then_end_then_type_as_asked() -> None:
    mentions = [[(17, 22, 0.9), (0, 5, 0.2)], [(0, 12, 0.8), (0, 5, 0.3)]]
    expected = [("city", 0, 5, 0.2), ("person", 0, 5, 0.3), ("person", 0, 12, 0.8), ("city", 17, 22, 0.9)]
    assert merged((whole(), mentions)) == expected


def test_entity_has_the_keys_of_a_token_classification_pipeline() -> None:
    answered = [(whole(), Answers([[Mention((17, 22), 0.9)]], []))]
    assert merge_windows(TEXT, answered, Options.read({"entity_types": ["city"]})) == [
        {"entity_group": "city", "score": 0.9, "word": "Paris", "start": 17, "end": 22}
    ]


def test_mention_is_taken_from_the_window_that_owns_its_start() -> None:
    first, second = Window("Paris Hilton saw", 0, (0, 13)), Window("Hilton saw Paris.", 6, (13, 23))
    assert merged((first, [[], [(0, 12, 0.8)]]), (second, [[(11, 16, 0.9)], [(0, 6, 0.7)]])) == [
        ("person", 0, 12, 0.8),
        ("city", 17, 22, 0.9),
    ]


def test_threshold_counts_for_all_types_or_for_each() -> None:
    mentions = [[(17, 22, 0.5)], [(0, 12, 0.4)]]
    assert merged((whole(), mentions), threshold=0.5) == [("city", 17, 22, 0.5)]
    assert merged((whole(), mentions), threshold={"city": 0.6}) == [("person", 0, 12, 0.4)]


def test_all_occurrences_have_the_best_score_of_what_was_written() -> None:
    mentions = [[(17, 22, 0.9)], []]
    assert merged((whole(), mentions), occurrences="all") == [("city", 0, 5, 0.9), ("city", 17, 22, 0.9)]
    twice = [[(0, 5, 0.3), (17, 22, 0.9)], []]
    assert merged((whole(), twice), occurrences="all") == [("city", 0, 5, 0.9), ("city", 17, 22, 0.9)]


def test_all_occurrences_hold_the_written_one_even_where_places_overlap() -> None:
    found = merged((whole("a a a"), [[(2, 5, 0.9)], []]), text="a a a", occurrences="all")
    assert ("city", 2, 5, 0.9) in found


def entities(*spans: tuple[int, int, float]) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "score": score} for start, end, score in spans]


@pytest.mark.parametrize(
    ("overlaps", "kept"),
    [
        ("keep", [(0, 5, 0.9), (0, 12, 0.5), (6, 16, 0.7), (17, 22, 0.1)]),
        ("longest", [(0, 12, 0.5), (17, 22, 0.1)]),
        ("score", [(0, 5, 0.9), (6, 16, 0.7), (17, 22, 0.1)]),
    ],
)
def test_overlaps_are_kept_or_resolved(overlaps, kept) -> None:
    given = entities((0, 5, 0.9), (0, 12, 0.5), (6, 16, 0.7), (17, 22, 0.1))
    assert resolve_overlaps(given, overlaps) == entities(*kept)


def test_of_equally_long_entities_the_likelier_stays() -> None:
    assert resolve_overlaps(entities((0, 5, 0.2), (0, 5, 0.8)), "longest") == entities((0, 5, 0.8))


def test_entities_that_touch_do_not_overlap() -> None:
    given = entities((0, 5, 0.9), (5, 7, 0.1))
    assert resolve_overlaps(given, "score") == resolve_overlaps(given, "longest") == given


def wordings(*found: list[tuple[int, int, float]], **given: Any) -> list[Any]:
    """Return what is left of what each wording of a city found."""
    return merged((whole(), list(found)), **{"entity_types": {"city": ["city", "town", "place"]}, **given})


def test_wordings_of_a_type_vote_and_the_mean_of_their_scores_counts() -> None:
    first, second = (0, 5, 0.9), (17, 22, 0.6)
    assert wordings([first, second], [first], []) == [("city", 0, 5, pytest.approx(0.6))]
    assert wordings([first], [first], [first]) == [("city", 0, 5, pytest.approx(0.9))]
    assert wordings([first, second], [], [], votes=0) == [
        ("city", 0, 5, pytest.approx(0.3)),
        ("city", 17, 22, pytest.approx(0.2)),
    ]
    assert wordings([first], [first], [], votes=1) == []
    assert wordings([first], [first], [], threshold=0.65) == []


def test_windows_do_not_vote_twice() -> None:
    window = Window("Paris Hilton", 0, (0, 23))
    answered = [[(0, 5, 0.9)], [], []]
    given = {"entity_types": {"city": ["city", "town", "place"]}}
    assert merged((whole(), answered), (window, answered), **given) == []


def test_rules_drop_what_does_not_obey() -> None:
    mentions = [[(0, 5, 0.9), (0, 12, 0.8)], []]
    assert merged((whole(), mentions), rules={"city": {"most_words": 1}}) == [("city", 0, 5, 0.9)]
    assert merged((whole(), mentions), rules={"person": {"most_words": 1}}) == merged((whole(), mentions))


def test_a_scale_changes_scores_and_what_a_threshold_drops() -> None:
    answered = [(whole(), Answers([[Mention((0, 5), 0.9)]], []))]
    (entity,) = merge_windows(TEXT, answered, Options.read({"entity_types": ["city"]}), scale=ScoreScale(2.0))
    assert entity["score"] == pytest.approx(0.75)
    options = Options.read({"entity_types": ["city"], "threshold": 0.8})
    assert merge_windows(TEXT, answered, options, scale=ScoreScale(2.0)) == []
    assert len(merge_windows(TEXT, answered, options)) == 1


def test_free_answers_say_whether_they_stand_in_the_text() -> None:
    mentions = [Mention((0, 5), 0.9, "Paris"), Mention((17, 22), 0.8, "PARIS"), Mention(None, 0.7, "Lyon")]
    options = Options.read({"entity_types": ["city"], "grounded": False})
    found = merge_windows(TEXT, [(whole(), Answers([mentions], []))], options)
    assert [(one["word"], one["start"], one["end"], one["grounding"]) for one in found] == [
        ("Paris", 0, 5, "exact"),
        ("Paris", 17, 22, "folded"),
        ("Lyon", None, None, "ungrounded"),
    ]
