"""What is no passage to learn from, and by which rule."""

import pytest

from uniner_hf.contamination import NgramIndex
from uniner_hf.distillation.passage_filters import PassageFilter, is_english

ENGLISH = {
    "abstract": "We studied the effects of aspirin on platelet aggregation in 12 healthy volunteers. Aggregation was "
    "reduced by 43% (P < 0.01), and the effect persisted for 5 days after the last dose.",
    "ruling": "The judgment of the district court is AFFIRMED. Appellant argues that the evidence was insufficient.",
    "mail": "Hi Bob,\n\nthanks for the quick reply. I have attached the draft that you asked for.\n\nBest,\nAnn",
}
OTHER = {
    "German": "Der Rat der Stadt hat am Montag über die neue Brücke beraten. Sie soll im Norden entstehen.",
    "French": "Le conseil de la ville a examiné lundi le projet de pont. Il sera construit dans le nord.",
    "Spanish": "El consejo de la ciudad estudió el lunes el proyecto del puente. Se construirá en el norte.",
    "Dutch": "De gemeenteraad heeft maandag over de nieuwe brug gesproken. Die moet in het noorden komen.",
    "Italian": "Il consiglio della città ha esaminato lunedì il progetto del ponte. Sarà costruito nel nord.",
    "Swedish": "Stadens råd talade i måndags om den nya bron. Den ska byggas i norr, sade man till tidningen.",
    "Chinese": "市议会周一讨论了新桥的计划。它将建在北部。",
    "Python": "def total(xs):\n    s = 0\n    for x in xs:\n        if x > 0:\n            s += x\n    return s\n",
    "table": "1984 | 12.5 | 0.3 | of\n1985 | 13.1 | 0.4 | the\n1986 | 14.0 | 0.2 | and\n1987 | 15.2 | 0.1 | to\n",
    "names": "Ada Lovelace, Charles Babbage, Mary Somerville, Michael Faraday, John Herschel, George Boole",
    "nothing": "",
}


@pytest.mark.parametrize("kind", ENGLISH)
def test_english_prose_passes(kind: str) -> None:
    assert is_english(ENGLISH[kind])
    assert PassageFilter().reason(ENGLISH[kind]) is None


@pytest.mark.parametrize("kind", OTHER)
def test_other_languages_code_and_lists_do_not(kind: str) -> None:
    assert not is_english(OTHER[kind])


def test_ten_words_are_enough() -> None:
    text = "The judgment of the court is that it was so"
    assert PassageFilter().reason(text) is None
    assert PassageFilter().reason(text.removesuffix(" so")) == "too short"


def test_what_differs_in_case_punctuation_and_white_space_comes_again() -> None:
    wanted = PassageFilter()
    assert wanted.reason(ENGLISH["ruling"]) is None
    assert wanted.reason(ENGLISH["ruling"].lower().replace(". ", "\n")) == "comes again"
    assert wanted.reason(ENGLISH["ruling"].replace("district", "lower")) is None


def test_what_is_kept_out_is_told_before_what_comes_again() -> None:
    wanted = PassageFilter(NgramIndex([ENGLISH["ruling"]]))
    assert [wanted.reason(ENGLISH["ruling"]) for _ in range(2)] == ["in the benchmark"] * 2
    assert wanted.reason(ENGLISH["abstract"]) is None
