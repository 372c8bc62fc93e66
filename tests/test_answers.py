"""Answers of models and teachers: what is read, what is forgiven, what is refused."""

from __future__ import annotations

import json
import sys
from collections import Counter
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from uniner_hf.answers import Failure, ParsedAnswer, Tolerance, parse_answer, parse_typed_answer

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Text in which every branch of the parser is near.
ANSWERISH = st.text(st.sampled_from("[](){},\"'\\u00d8e3/n \n\tab:5None<"), max_size=60)


@given(st.lists(TEXTS), st.booleans(), st.sampled_from([None, 2]))
def test_every_json_list_of_strings_is_read_without_tolerance(
    mentions: list[str], ascii_only: bool, indent: int | None
) -> None:
    answer = json.dumps(mentions, ensure_ascii=ascii_only, indent=indent)
    assert parse_answer(answer) == ParsedAnswer(tuple(mentions), (), None)


@given(st.lists(st.tuples(TEXTS, TEXTS)))
def test_every_json_list_of_pairs_is_read_without_tolerance(pairs: list[tuple[str, str]]) -> None:
    parsed = parse_typed_answer(json.dumps(pairs))
    assert (parsed.pairs, parsed.dropped, parsed.tolerances, parsed.failure) == (tuple(pairs), 0, (), None)


@given(ANSWERISH | st.text())
@example('["a\\')
@example('["\\ud83d')
@example("[" * 5000)
@example("(" * 5000 + '"a"')
def test_arbitrary_text_never_raises(answer: str) -> None:
    parsed = parse_answer(answer)
    parse_typed_answer(answer)
    assert parsed.failure is None or parsed.mentions == ()
    for mention in parsed.mentions:
        mention.encode("utf-8")  # no half surrogate gets out


@given(st.lists(TEXTS, min_size=1), st.data())
def test_an_answer_cut_at_the_token_limit_keeps_its_whole_mentions(mentions: list[str], data: st.DataObject) -> None:
    answer = json.dumps(mentions)
    cut = data.draw(st.integers(1, len(answer) - 1))
    parsed = parse_answer(answer[:cut])
    assert parsed.mentions == tuple(mentions[: len(parsed.mentions)])
    assert Tolerance.UNCLOSED_LIST in parsed.tolerances


@pytest.mark.parametrize(
    ("answer", "mentions", "tolerances"),
    [
        ("[]", [], []),
        ('  ["Paris"]\n', ["Paris"], []),
        ('["Paris"] are the cities.', ["Paris"], [Tolerance.TRAILING_TEXT]),
        ('["Paris"]</s>["Rome"]', ["Paris"], [Tolerance.TRAILING_TEXT]),
        ('["Paris"], ["Rome"]', ["Paris"], [Tolerance.TRAILING_TEXT]),
        ('Sure! Here it is: ["Paris"]', ["Paris"], [Tolerance.LEADING_TEXT]),
        ('```json\n["Paris"]\n```', ["Paris"], [Tolerance.LEADING_TEXT, Tolerance.TRAILING_TEXT]),
        ("['Paris', 'Rome']", ["Paris", "Rome"], [Tolerance.SINGLE_QUOTES]),
        ("['Conan O'Brien', 'Rome']", ["Conan O'Brien", "Rome"], [Tolerance.SINGLE_QUOTES, Tolerance.UNESCAPED_QUOTE]),
        (r"['Conan O\'Brien']", ["Conan O'Brien"], [Tolerance.SINGLE_QUOTES, Tolerance.INVALID_ESCAPE]),
        ("[\"O'Brien\", 'Rome']", ["O'Brien", "Rome"], [Tolerance.SINGLE_QUOTES]),
        ('["the "Fab Four""]', ['the "Fab Four"'], [Tolerance.UNESCAPED_QUOTE]),
        ('["Paris", "Rome"', ["Paris", "Rome"], [Tolerance.UNCLOSED_LIST]),
        ('["Paris", "Ro', ["Paris"], [Tolerance.UNCLOSED_ITEM, Tolerance.UNCLOSED_LIST]),
        ('["Paris", ', ["Paris"], [Tolerance.UNCLOSED_LIST]),
        ('"Paris"', ["Paris"], [Tolerance.BARE_ITEMS]),
        ('"Paris", "Rome"', ["Paris", "Rome"], [Tolerance.BARE_ITEMS]),
        ('"Paris"]', ["Paris"], [Tolerance.BARE_ITEMS, Tolerance.TRAILING_TEXT]),
        ('("Paris", "Rome")', ["Paris", "Rome"], [Tolerance.BARE_ITEMS, Tolerance.TUPLE]),
        ('[("Paris", "Rome")]', ["Paris", "Rome"], [Tolerance.TUPLE]),
        ('[["Paris"], "Rome"]', ["Paris", "Rome"], [Tolerance.NESTED_LIST]),
        ('[("Paris"], "Rome"]', ["Paris", "Rome"], [Tolerance.TUPLE, Tolerance.MISMATCHED_BRACKET]),
        ('["array[0]", "f(x)", "a]"]', ["array[0]", "f(x)", "a]"], []),
        ('["Paris" "Rome"]', ["Paris", "Rome"], [Tolerance.MISSING_COMMA]),
        ('["Paris",, "Rome",]', ["Paris", "Rome"], [Tolerance.STRAY_COMMA]),
        ("[1984, Paris (France)]", ["1984", "Paris (France)"], [Tolerance.UNQUOTED_ITEM]),
        ("[None]", [], [Tolerance.NULL_ITEM]),
        ('["two\nlines"]', ["two\nlines"], [Tolerance.CONTROL_CHARACTER]),
        (r'["\alpha"]', [r"\alpha"], [Tolerance.INVALID_ESCAPE]),
        (r'["\u12"]', [r"\u12"], [Tolerance.INVALID_ESCAPE]),
        (r'["S\u00e8vres", "Sèvres"]', ["Sèvres", "Sèvres"], []),
        (r'["\ud83d\ude00", "😀"]', ["😀", "😀"], []),
        (r'["\ud83d!"]', ["\ufffd!"], [Tolerance.LONE_SURROGATE]),
    ],
)
def test_what_models_write(answer: str, mentions: list[str], tolerances: list[Tolerance]) -> None:
    assert parse_answer(answer) == ParsedAnswer(tuple(mentions), tuple(tolerances), None)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("", Failure.EMPTY),
        (" \n", Failure.EMPTY),
        ("There are no cities in the text.", Failure.NO_LIST),
        ("There are none [1] in the text.", Failure.NO_LIST),
        ("'Tis a text without any.", Failure.NO_LIST),
        ("(none)", Failure.NO_LIST),
        ('{"city": ["Paris"]}', Failure.OBJECT),
        ('["Rome", {"city": "Paris"}]', Failure.OBJECT),
    ],
)
def test_what_is_refused(answer: str, failure: Failure) -> None:
    parsed = parse_answer(answer)
    assert (parsed.mentions, parsed.failure) == ((), failure)


@pytest.mark.parametrize(
    ("answer", "pairs", "dropped"),
    [
        ('[("Rome", "city"), ("Tiber", "river")]', [("Rome", "city"), ("Tiber", "river")], 0),
        ("[('Rome', 'city')]", [("Rome", "city")], 0),
        ('[["Rome", "city"]] as asked', [("Rome", "city")], 0),
        ('("Rome", "city"), ("Tiber", "river")', [("Rome", "city"), ("Tiber", "river")], 0),
        ('[("Rome", "city"), ("Tiber", "ri', [("Rome", "city")], 1),
        ('[("Rome", "city", "Italy"), ("Tiber", "river")]', [("Tiber", "river")], 1),
        ('[("Rome", null), ("Tiber", "river"), "Po"]', [("Tiber", "river")], 2),
        ("[]", [], 0),
    ],
)
def test_typed_answers(answer: str, pairs: list[tuple[str, str]], dropped: int) -> None:
    parsed = parse_typed_answer(answer)
    assert (parsed.pairs, parsed.dropped, parsed.failure) == (tuple(pairs), dropped, None)


def test_a_list_without_pairs_is_a_named_failure_that_counts_what_it_drops() -> None:
    parsed = parse_typed_answer('["Rome", "Tiber"]')
    assert (parsed.pairs, parsed.dropped, parsed.failure) == ((), 2, Failure.NO_PAIRS)
    assert parse_typed_answer("I cannot do that.").failure is Failure.NO_LIST


def test_names_can_be_counted_and_printed() -> None:
    answers = ['["a"] b', "['a'] b", "none"]
    names = Counter(name for answer in answers for name in parse_answer(answer).tolerances)
    assert names == {"trailing text": 2, "single quotes": 1}
    assert json.dumps({str(parse_answer("none").failure): 1}) == '{"no list": 1}'


def calls(answer: str) -> int:
    """Count the calls, of Python and C functions, that reading an answer takes."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        parse_answer(answer)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit", ["[", "(", '"', "'", "\\", "\\u00", '" ', "' '", '", ', "[ ", '("', "\n", '"\n', "a,", '["', "] ", "{ ["]
)
@pytest.mark.parametrize("start", ["", "[", '["', "text ["])
def test_reading_takes_a_number_of_steps_in_proportion_to_the_length(start: str, unit: str) -> None:
    once, twice = calls(start + unit * 500), calls(start + unit * 1000)
    assert twice <= 2.2 * once + 100
