"""Rules that mentions of a type must obey."""

import pytest

from uniner_hf.decoding.rules import Rule, read_rules


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        (Rule(), ["", "anything at all"], []),
        (Rule(pattern=r"^\d{4}$"), ["1921"], ["May 1921", "192"]),
        (Rule(most_words=2), ["New York", "O'Neill", "北京"], ["New York City", "北京市"]),
        (Rule(least_words=2), ["New York"], ["York", "$"]),
        (Rule(words=("aapl", "straße")), ["AAPL", "aapl"], ["MSFT", "AAPL Inc"]),
    ],
)
def test_what_a_rule_allows(rule: Rule, allowed: list[str], refused: list[str]) -> None:
    assert all(map(rule.allows, allowed))
    assert not any(map(rule.allows, refused))


def test_letter_case_of_words_does_not_count() -> None:
    rules = read_rules({"ticker": {"words": ["AAPL", "Straße"]}}, ["ticker", "date"])
    assert rules["ticker"].allows("aapl") and rules["ticker"].allows("STRASSE")
    assert list(rules) == ["ticker"]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([], TypeError, r"Expected rules to be a dict of dicts, such as .*; found \[\]"),
        ({"date": "x"}, TypeError, "Expected rules to be a dict of dicts"),
        ({"city": {}}, ValueError, r"Expected rules for types that are asked \(\['date'\]\), found \['city'\]"),
        ({"date": {"regex": "x"}}, ValueError, r"Expected the rule of 'date' to have pattern, .*, found \['regex'\]"),
        ({"date": {"pattern": "("}}, ValueError, r"pattern to be a regular expression, found '\(': .*; mend it"),
        ({"date": {"pattern": 3}}, TypeError, "Expected a rule's pattern to be of type str, found 3"),
        ({"date": {"most_words": True}}, TypeError, "Expected a rule's most_words to be of type int, found True"),
        ({"date": {"most_words": -1}}, ValueError, "Expected a rule's most_words to be at least 0, found -1"),
        ({"date": {"words": "May"}}, TypeError, "Expected the words of 'date' to be a list of strings, found 'May'"),
        ({"date": {"words": [3]}}, TypeError, "Expected the words of 'date' to be a list of strings"),
    ],
)
def test_mistakes(given: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read_rules(given, ["date"])
