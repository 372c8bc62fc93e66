"""Cards of dataset repositories: golden files, YAML that the Hub understands, the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from huggingface_hub import DatasetCard

from uniner_hf.cards.dataset_card import CardRow, benchmark_card, domain_chart, pile_ner_card

GOLDEN = Path(__file__).parent / "data" / "golden"
ROWS = [
    CardRow("a_one", "Set A", "general", "MIT", "https://a.org", "Ada. On A. 2020.", 3, {"train": 12000, "test": 5}),
    CardRow("a_two", "Set A", "general", "MIT", "https://a.org", "Ada. On A. 2020.", 2, {"test": 7}),
    CardRow("b", "Set B", "law & order", "not stated", "https://b.org", "Bob. On B. 2021.", 1, {"validation": 400}),
]
CONFIGS = [
    {"config_name": row.name, "data_files": [{"split": "test", "path": f"{row.name}/test-*.parquet"}]} for row in ROWS
]


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("benchmark_card.md", benchmark_card(ROWS, CONFIGS, repository="me/ner", chart="domains.svg")),
        ("pile_ner_card.md", pile_ner_card({"type": 45889}, CONFIGS[:1], repository="me/pile-ner")),
        ("domains.svg", domain_chart(ROWS)),
    ],
)
def test_rendered_as_the_golden_file(name: str, card: str) -> None:
    assert card == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_head_is_what_the_hub_reads() -> None:
    data = DatasetCard(benchmark_card(ROWS, CONFIGS, repository="me/ner", chart="domains.svg")).data
    assert data.license == ["mit", "other"]
    assert data.size_categories == "10K<n<100K"
    assert [config["config_name"] for config in data.configs] == ["a_one", "a_two", "b"]
    assert DatasetCard(pile_ner_card({"type": 1}, [], repository="me/ner")).data.license == "cc-by-nc-4.0"


def test_the_chart_has_a_bar_a_domain_the_longest_first() -> None:
    chart = ET.fromstring(domain_chart(ROWS))
    bars = [float(bar.attrib["width"]) for bar in chart.iter("{http://www.w3.org/2000/svg}rect")]
    texts = [text.text for text in chart.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["general", "12,012", "law & order", "400"]
    assert bars == [360.0, 12.0]
