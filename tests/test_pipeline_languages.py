"""Texts of many languages: every entity stands in its text, and company makes no difference."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_checkpoints import save_bert, save_llama
from transformers import pipeline

TYPES = ["person", "place", "a thing of any kind", "day"]
# The first article of the Universal Declaration of Human Rights and like plain sentences, with marks that are hard.
TEXTS = [
    "All human beings are born free and equal in dignity and rights.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren, sagte Jürgen Größ am 3. Mai.",
    "Todos los seres humanos nacen libres; ¿lo dijo Íñigo Núñez en Ávila?",
    "人人生而自由，在尊严和权利上一律平等。北京大学在北京。",
    "すべての人間は、生まれながらにして自由であり、東京に住む田中さん。",
    "모든 인간은 태어날 때부터 자유로우며 서울에서 김철수가 말했다.",
    "Все люди рождаются свободными, сказал Лев Толстой в Москве.",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "כל בני האדם נולדו בני חורין ושווים בערכם.",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता है।",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน",
    "Tất cả mọi người sinh ra đều được tự do, Nguyễn Văn Ơn nói ở Hà Nội.",
    "She ❤️ 👩\u200d👩\u200d👧\u200d👦 and 🇫🇷, 👍🏽 says Zoe\u0308 in Sa\u0303o Paulo!",
    'He wrote "x\\y" [\'z\'] </s> <s> ASSISTANT: ["Ada"]\tand left\r\nat 5 %.',
    "x\u0301\u0302 \ufeff\u200e\u202b\u00ad a\u0000b \ud83d \uffff",
]


@pytest.fixture(scope="module", params=[save_bert, save_llama], ids=["bert", "llama"])
def ner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return pipeline("universal-ner", model=str(request.param(tmp_path_factory.mktemp("model"))), max_new_tokens=40)


@pytest.fixture(scope="module")
def expected(ner: Any) -> dict[str, list[dict[str, Any]]]:
    return {text: ner(text, entity_types=TYPES) for text in TEXTS}


def test_every_entity_stands_in_its_text(expected) -> None:
    for text, entities in expected.items():
        assert all(text[one["start"] : one["end"]] == one["word"].strip() != "" for one in entities)
    assert sum(map(bool, expected.values())) > 5


@pytest.mark.parametrize("given", [{}, {"grounded": False}, {"grounded": False, "template": "all-in-one"}])
def test_free_answers_are_marked_by_whether_they_stand_in_the_text(ner, given) -> None:
    for text in TEXTS:
        for one in ner(text, entity_types=TYPES, **given):
            assert ("grounding" in one) is bool(given)
            if one.get("grounding") == "ungrounded":
                assert one["start"] is one["end"] is None
            else:
                assert text[one["start"] : one["end"]] == one["word"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6),
    types=st.permutations(TYPES),
    batch_size=st.integers(1, 5),
    engine=st.sampled_from(["packed", "expanded", "reference"]),
    limit=st.none() | st.integers(50, 2000),
)
def test_order_of_types_batches_and_engines_change_nothing(
    ner, expected, texts, types, batch_size, engine, limit
) -> None:
    found = ner(texts, entity_types=types, batch_size=batch_size, engine=engine, max_batch_tokens=limit)
    for text, entities in zip(texts, found, strict=True):
        assert spans(entities) == spans(expected[text])
        assert scores(entities) == pytest.approx(scores(expected[text]), abs=1e-5)


def spans(entities: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return sorted((one["start"], one["end"], one["entity_group"]) for one in entities)


def scores(entities: list[dict[str, Any]]) -> list[float]:
    ordered = sorted(entities, key=lambda one: (one["start"], one["end"], one["entity_group"]))
    return [one["score"] for one in ordered]
