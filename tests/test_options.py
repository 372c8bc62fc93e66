"""Options of a call: defaults, what they may be, and what a wrong one is told."""

import pytest

from uniner_hf.decoding.options import Options, check_integer, read_entity_types


def read(**given: object) -> Options:
    return Options.read({"entity_types": ["city", "river"], **given})


def test_defaults() -> None:
    options = read()
    assert options.entity_types == (("city", None), ("river", None))
    assert (options.max_new_tokens, options.threshold, options.stride, options.dataset_name) == (256, None, 32, None)
    assert (options.grounded, options.engine, options.max_batch_tokens) == (True, "auto", None)
    assert (options.occurrences, options.overlaps, options.long_text) == ("first", "keep", "chunk")


def test_types_may_be_a_list_a_tuple_or_definitions_and_are_asked_once() -> None:
    assert read_entity_types(["city", "river", "city"]) == (("city", None), ("river", None))
    assert read_entity_types(("city",)) == (("city", None),)
    assert read_entity_types({"city": "a large settlement"}) == (("city", "a large settlement"),)


@pytest.mark.parametrize(
    ("types", "error", "message"),
    [
        (None, TypeError, "Expected entity_types to be a list of types or a dict of definitions, found None"),
        ("city", TypeError, "found 'city'; for example entity_types=\\['person', 'location'\\]"),
        (7, TypeError, "found 7"),
        ([], ValueError, "Expected entity_types to name a type at least, found none"),
        ({}, ValueError, "Expected entity_types to name a type at least, found none"),
        (["city", ""], ValueError, "Expected entity_types without empty strings, found ''"),
        ([" \n"], ValueError, "Expected entity_types without empty strings, found ' "),
        (["city", 7], TypeError, "Expected entity_types to hold strings, found 7"),
        ([None], TypeError, "Expected entity_types to hold strings, found None"),
        ({"city": ""}, ValueError, "Expected entity_types without empty strings, found ''"),
        ({"city": None}, TypeError, "Expected entity_types to hold strings, found None"),
        ({"city": []}, ValueError, "Expected a wording of 'city' at least, found none"),
        ({"city": ["town", ""]}, ValueError, "Expected entity_types without empty strings, found ''"),
        ({"city": [3]}, TypeError, "Expected entity_types to hold strings, found 3"),
        ({"": "a settlement"}, ValueError, "Expected entity_types without empty strings, found ''"),
    ],
)
def test_wrong_types_are_refused(types, error, message) -> None:
    with pytest.raises(error, match=message):
        read_entity_types(types)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"threshold": 1.1}, ValueError, "Expected threshold to be a number from 0 to 1, found 1.1"),
        ({"threshold": -0.1}, ValueError, "Expected threshold to be a number from 0 to 1, found -0.1"),
        ({"threshold": float("nan")}, ValueError, "Expected threshold to be a number from 0 to 1, found nan"),
        ({"threshold": "0.5"}, TypeError, "Expected threshold to be a number from 0 to 1, found '0.5'"),
        ({"threshold": True}, TypeError, "Expected threshold to be a number from 0 to 1, found True"),
        ({"threshold": {"city": 2}}, ValueError, "Expected threshold to be a number from 0 to 1, found 2"),
        ({"threshold": {"lake": 0.5}}, ValueError, "Expected threshold to name types that are asked .*\\['lake'\\]"),
        ({"max_new_tokens": 0}, ValueError, "Expected max_new_tokens to be at least 1, found 0"),
        ({"max_new_tokens": 2.0}, TypeError, "Expected max_new_tokens to be an int, found 2.0"),
        ({"stride": -1}, ValueError, "Expected stride to be at least 0, found -1"),
        ({"stride": True}, TypeError, "Expected stride to be an int, found True"),
        ({"occurrences": "some"}, ValueError, "Expected occurrences to be one of first, all; found 'some'"),
        ({"overlaps": None}, ValueError, "Expected overlaps to be one of keep, longest, score; found None"),
        ({"long_text": "cut"}, ValueError, "Expected long_text to be one of chunk, error; found 'cut'"),
        (
            {"engine": "fast"},
            ValueError,
            "Expected engine to be one of auto, packed, .*; found 'fast'",
        ),
        ({"template": "json"}, ValueError, "Expected template to be one of uniner, all-in-one; found 'json'"),
        ({"template": "all-in-one"}, ValueError, "Expected grounded=False with template='all-in-one', found grounded"),
        ({"types_per_question": 0}, ValueError, "Expected types_per_question to be at least 1, found 0"),
        ({"votes": 1.5}, ValueError, "Expected votes to be a number from 0 to 1, found 1.5"),
        ({"rules": {"lake": {}}}, ValueError, "Expected rules for types that are asked"),
        ({"grounded": 1}, TypeError, "Expected grounded to be True or False, found 1"),
        ({"max_batch_tokens": 0}, ValueError, "Expected max_batch_tokens to be at least 1, found 0"),
        ({"dataset_name": 3}, TypeError, "Expected dataset_name to be a str, found 3"),
        ({"labels": ["city"]}, TypeError, "Expected options of entity_types, .*, batch_size; found 'labels'"),
    ],
)
def test_wrong_values_are_refused(given, error, message) -> None:
    with pytest.raises(error, match=message):
        read(**given)


def test_a_type_may_have_several_wordings() -> None:
    options = Options.read({"entity_types": {"city": ["city", "town", "city"], "river": "a stream"}})
    assert options.entity_types == (("city", "city"), ("city", "town"), ("river", "a stream"))
    assert options.type_names == ["city", "river"]


def test_all_types_in_one_question_are_asked_by_name() -> None:
    free = {"template": "all-in-one", "grounded": False}
    assert read(**free).types_per_question == 5
    with pytest.raises(ValueError, match="Expected entity_types to be a list with template='all-in-one'"):
        read(entity_types={"city": "a town"}, **free)


def test_threshold_is_one_for_all_or_one_for_each() -> None:
    assert read(threshold=1).least_score("city") == 1
    assert read().least_score("city") == 0
    options = read(threshold={"river": 0.5})
    assert (options.least_score("city"), options.least_score("river")) == (0.0, 0.5)


def test_number_is_given_back() -> None:
    assert check_integer("batch_size", 4, least=1) == 4
