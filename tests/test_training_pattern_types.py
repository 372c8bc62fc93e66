"""Types found by patterns: what they find, what they leave, when a type may be asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.training.pattern_types import PatternTypes, _patterns


def found(name: str, text: str) -> list[str]:
    return [entity["text"] for entity in PatternTypes([name]).annotate(text, [])[0]]


@pytest.mark.parametrize(
    ("name", "text", "mentions"),
    [
        ("date", "Born on 3 May 1921 , he left in the late 1980s .", ["3 May 1921", "late 1980s"]),
        ("date", "On Monday , June 4 , 2012 it rained .", ["Monday , June 4 , 2012"]),
        ("date", "May I have 2000 people in room 2012-B ?", []),
        ("date", "He scored 1,921 points in 1921 .", ["1921"]),
        ("year", "Founded 1921 for $1921 .", ["1921"]),
        ("amount of money", "It paid $ 5.3 million and 200 euros .", ["$ 5.3 million", "200 euros"]),
        ("amount of money", "It paid 200 visits .", []),
        ("percentage", "Up 12.5 % , or 3 percent .", ["12.5 %", "3 percent"]),
        ("university", "Yale University , University of Oxford .", ["Yale University", "University of Oxford"]),
        ("award", "She won the Nobel Prize in Physics .", ["Nobel Prize in Physics"]),
        ("email address", "Write to ada.l@example.org .", ["ada.l@example.org"]),
        ("web address", "See https://a.org/b/c. Or www.a.org", ["https://a.org/b/c", "www.a.org"]),
        ("programming language", "In C++ , Java and JavaScript , not Javanese .", ["C++", "Java", "JavaScript"]),
        ("country", "The U.S. and Niger-Congo , Guinea-like France", ["U.S.", "France"]),
        ("nationality", "A South Korean and Frenchman .", ["South Korean"]),
    ],
)  # fmt: skip
def test_what_a_pattern_finds(name: str, text: str, mentions: list[str]) -> None:
    assert found(name, text) == mentions


def location(text: str, mention: str, kind: str = "location") -> dict[str, Any]:
    start = text.index(mention)
    return {"type": kind, "text": mention, "start": start, "end": start + len(mention)}


def test_a_city_is_found_among_the_locations_only() -> None:
    text = "Paris Hilton left Paris for Peru ."
    last = {"type": "location", "text": "Paris", "start": 18, "end": 23}
    entities = [location(text, "Paris Hilton", "person"), last, location(text, "Peru")]
    found, asked = PatternTypes(["city", "country"]).annotate(text, entities)
    assert (found[0], asked) == ({**last, "type": "city"}, ["city", "country"])
    assert PatternTypes(["city"]).annotate(text, entities) == ([], []), "Peru might be a city that is not in the list"


@pytest.mark.parametrize(
    ("text", "mentions", "politicians"),
    [
        ("Mayor Ida Brandt spoke .", ["Ida Brandt"], ["Ida Brandt"]),
        ("Angela Merkel spoke .", ["Angela Merkel"], ["Angela Merkel"]),
        ("With Senator Ida Brandt .", ["Senator Ida Brandt"], ["Senator Ida Brandt"]),
        ("Ida Brandt of Angela Merkel Street", ["Ida Brandt"], []),
        ("The mayor met Ida Brandt .", ["Ida Brandt"], []),
    ],
)
def test_a_person_is_known_by_name_or_title(text: str, mentions: list[str], politicians: list[str]) -> None:
    entities = [location(text, mention, "person") for mention in mentions]
    assert [entity["text"] for entity in PatternTypes(["politician"]).annotate(text, entities)[0]] == politicians


@pytest.mark.parametrize(
    ("text", "mentions", "asked"),
    [
        ("President Obama spoke .", ["Obama"], ["politician", "musical artist"]),
        ("Obama met Madonna .", ["Obama", "Madonna"], ["politician", "musical artist"]),
        ("Obama met Ida Brandt .", ["Obama", "Ida Brandt"], []),
        ("It rained .", [], ["politician", "musical artist"]),
    ],
)
def test_a_type_is_asked_where_it_cannot_have_been_missed(text: str, mentions: list[str], asked: list[str]) -> None:
    entities = [location(text, mention, "person") for mention in mentions]
    assert PatternTypes(["politician", "musical artist"]).annotate(text, entities)[1] == asked


def test_unknown_type() -> None:
    with pytest.raises(ValueError, match=r"types with a pattern, of .*country.*; found \['planet'\]"):
        PatternTypes(["country", "planet"])


@given(st.text(alphabet="AaBbé0129$€%.,- @/:MayJunePrizeUniversity of\n", max_size=60))
def test_offsets_are_those_of_the_mention(text: str) -> None:
    entities, types = PatternTypes(list(_patterns())).annotate(text, [])
    assert all(text[one["start"] : one["end"]] == one["text"] != "" for one in entities)
    assert types == list(_patterns())
