"""Which passages are left out, and the reasons that are counted."""

from typing import Any

from uniner_hf.training.exclusions import Exclusions
from uniner_hf.training.set_options import SetOptions


def row(text: str, *starts: int) -> dict[str, Any]:
    return {"text": text, "entities": [{"start": start, "type": "city"} for start in starts]}


def kept(exclusions: Exclusions, *rows: dict[str, Any], **options: Any) -> list[bool]:
    return [not exclusions.leaves_out(one, "set", SetOptions(["train"], **options)) for one in rows]


def test_texts_of_test_sets_are_known_in_any_spelling() -> None:
    exclusions = Exclusions(["Rome , 1921 ."])
    assert kept(exclusions, row("rome, 1921", 0), row("Rome 1922", 0)) == [False, True]
    assert exclusions.counts == {"set: text kept for evaluation": 1}


def test_a_passage_comes_again_only_with_other_entities() -> None:
    exclusions = Exclusions()
    assert kept(exclusions, row("Rome", 0), row("ROME .", 0), row("Rome"), row("Rome")) == [True, False, True, False]
    assert exclusions.counts == {"set: duplicate": 2}


def test_share_of_empty_passages() -> None:
    exclusions = Exclusions()
    some = kept(exclusions, *[row(f"passage {number}") for number in range(200)], share_of_empty=0.3)
    assert 40 <= sum(some) <= 80
    assert exclusions.counts == {"set: no entities": 200 - sum(some)}
    assert kept(Exclusions(), *[row(f"passage {number}") for number in range(200)], share_of_empty=0.3) == some
    assert all(kept(Exclusions(), *[row(f"passage {number}", 0) for number in range(20)], share_of_empty=0.0))


def test_a_text_without_letters_is_none() -> None:
    exclusions = Exclusions()
    assert kept(exclusions, row("... !", 0)) == [False]
    assert exclusions.counts == {"set: no text": 1}
