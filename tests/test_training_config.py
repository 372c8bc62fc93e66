"""Settings: defaults of the paper, and values that are refused."""

from pathlib import Path
from typing import Any

import pytest

import uniner_hf
from uniner_hf.training.config import UniNERConfig


def test_defaults_are_those_of_the_paper(tmp_path: Path) -> None:
    args = UniNERConfig(str(tmp_path), use_cpu=True)
    assert (args.question_attention, args.negatives, args.negative_frequency_power) == (
        "conversation",
        "frequency",
        1.0,
    )
    assert (args.loss_on, args.loss_vocabulary, args.letter_case_dropout) == ("answers", "full", 0.0)


def test_public_name_is_this_class() -> None:
    assert uniner_hf.UniNERConfig is uniner_hf.training.UniNERConfig is UniNERConfig
    with pytest.raises(AttributeError, match="no attribute 'Trainer'; its public names are"):
        _ = uniner_hf.training.Trainer


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"question_attention": "both"}, "question_attention to be one of conversation, independent; found 'both'"),
        ({"negatives": "hard"}, "negatives to be one of frequency, uniform, none; found 'hard'"),
        ({"loss_on": "all"}, "loss_on to be one of answers, assistant"),
        ({"loss_vocabulary": "row"}, "loss_vocabulary to be one of full, passage"),
        (
            {"loss_vocabulary": "passage", "packing": True},
            "loss_vocabulary='full' with packing, found 'passage': a row holds several",
        ),
        ({"loss_vocabulary": "passage", "padding_free": True}, "loss_vocabulary='full' with padding_free"),
        (
            {"padding_free": True, "question_attention": "independent"},
            "question_attention='conversation' with padding_free, found 'independent', .*; use packing",
        ),
        ({"packing": True, "max_length": None}, "max_length, the length of a packed row, found None; set it"),
        ({"packing": True, "packing_strategy": "wrapped"}, "packing_strategy='bfd', found 'wrapped'"),
        (
            {"packing": True, "train_sampling_strategy": "group_by_length"},
            "train_sampling_strategy='random' with packing, found 'group_by_length'",
        ),
        ({"train_sampling_strategy": "batch_rebalance"}, "to be one of random, sequential, group_by_length"),
        ({"template": "chat"}, "template to be one of conversation, dataset-specific, definition, all-in-one"),
        ({"template": "definition"}, "definitions with template='definition', found none; give {type: definition}"),
        ({"definitions": {"city": ""}, "template": "definition"}, r"definitions\['city'\] to be a text, found ''"),
        ({"definitions": {"city": "a place"}}, "template='definition' with definitions, found 'conversation'; set it"),
        ({"negatives_ratio": 0.0}, "negatives_ratio above 0, found 0.0"),
        ({"paraphrase_rate": 1.5}, "paraphrase_rate from 0 to 1, found 1.5"),
        ({"letter_case_dropout": -0.1}, "letter_case_dropout from 0 to 1"),
        ({"negatives_per_passage": -1}, "negatives_per_passage of at least 0, found -1"),
        ({"foreign_negatives_per_passage": -2}, "foreign_negatives_per_passage of at least 0, found -2"),
        ({"negative_frequency_power": -1.0}, "negative_frequency_power of at least 0"),
        ({"type_paraphrases": {"person": []}}, r"type_paraphrases\['person'\] to be a list of names, found \[\]"),
        ({"type_paraphrases": {"person": "human"}}, "to be a list of names, found 'human'"),
        ({"assistant_only_loss": True}, "assistant_only_loss=False, found True: use loss_on"),
        ({"label_smoothing_factor": 0.1}, "label_smoothing_factor=0.0, found 0.1"),
        ({"loss_type": "dft"}, "loss_type='nll'"),
        ({"remove_unused_columns": True}, "remove_unused_columns=False"),
    ],
)
def test_values_that_are_refused(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        UniNERConfig(str(tmp_path), use_cpu=True, **given)
