"""Cards of dataset repositories, rendered from what the repository holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from huggingface_hub import DatasetCard, DatasetCardData

from uniner_hf.cards.rendering import render

SPLITS = ("train", "validation", "test")
_SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M", 10_000_000: "1M<n<10M"}
# Identifiers that the Hub knows; any other licence is "other".
_LICENCES = {
    "MIT": "mit",
    "Apache-2.0": "apache-2.0",
    "CC BY 4.0": "cc-by-4.0",
    "CC BY 3.0": "cc-by-3.0",
    "CC BY-SA 4.0": "cc-by-sa-4.0",
    "CC BY-SA 3.0": "cc-by-sa-3.0",
    "CC BY-NC 4.0": "cc-by-nc-4.0",
    "CC BY-NC-SA 4.0": "cc-by-nc-sa-4.0",
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """A row of the benchmark as its card shows it.

    Args:
        name: the configuration.
        title: of its set.
        domain: of its set.
        licence: of its set.
        homepage: of its set.
        citation: of its set.
        types: number of entity types.
        passages: for each split, their number.
    """

    name: str
    title: str
    domain: str
    licence: str
    homepage: str
    citation: str
    types: int
    passages: Mapping[str, int]

    def sizes(self) -> str:
        """Return the passages of train, validation and test, `-` for a split that is not there."""
        return " / ".join(f"{self.passages[split]:,}" if split in self.passages else "-" for split in SPLITS)


def benchmark_card(
    rows: Sequence[CardRow], configs: Sequence[Mapping[str, Any]], *, repository: str, chart: str
) -> str:
    """Return the card of a repository of benchmark sets.

    Args:
        rows: what the repository holds.
        configs: the entries of its YAML head, as `write_config` gives them.
        repository: what to load it by: a Hub id or a folder.
        chart: path in the repository of the picture that `domain_chart` draws.
    """
    licences = sorted({_LICENCES.get(row.licence, "other") for row in rows})
    data = _card_data("UniversalNER benchmark", licences, sum(sum(row.passages.values()) for row in rows), configs)
    sources = {row.title: row for row in rows}
    return _render(
        "benchmark_card.md", data, rows=rows, sources=list(sources.values()), repository=repository, chart=chart
    )


def pile_ner_card(counts: Mapping[str, int], configs: Sequence[Mapping[str, Any]], *, repository: str) -> str:
    """Return the card of a repository of Pile-NER conversations.

    Args:
        counts: for each configuration, the number of conversations.
        configs: the entries of its YAML head.
        repository: what to load it by: a Hub id or a folder.
    """
    data = _card_data("Pile-NER", ["cc-by-nc-4.0"], sum(counts.values()), configs)
    return _render("pile_ner_card.md", data, counts=counts, repository=repository)


def domain_chart(rows: Sequence[CardRow]) -> str:
    """Return an SVG bar chart of the passages in each domain, the most first.

    Args:
        rows: what the repository holds.
    """
    totals = Counter[str]()
    for row in rows:
        totals[row.domain] += sum(row.passages.values())
    most, height = max(totals.values()), 26 * len(totals) + 8
    bars = []
    for index, (domain, count) in enumerate(totals.most_common()):
        y, width = 26 * index + 4, round(360 * count / most, 1)
        bars.append(
            f'<text x="120" y="{y + 15}" text-anchor="end">{escape(domain)}</text>'
            f'<rect x="128" y="{y}" width="{max(width, 1)}" height="20" fill="#4c78a8"/>'
            f'<text x="{132 + max(width, 1)}" y="{y + 15}">{count:,}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 580 {height}" width="580" height="{height}" '
        'font-family="sans-serif" font-size="13" fill="#444"><title>Passages in each domain</title>'
        f"{''.join(bars)}</svg>\n"
    )


def _card_data(name: str, licences: list[str], size: int, configs: Sequence[Mapping[str, Any]]) -> DatasetCardData:
    return DatasetCardData(
        pretty_name=name,
        language="en",
        license=licences[0] if len(licences) == 1 else licences,
        task_categories=["token-classification"],
        task_ids=["named-entity-recognition"],
        size_categories=next((label for limit, label in _SIZES.items() if size < limit), "n>10M"),
        tags=["universal-ner", "open-ner"],
        configs=[dict(config) for config in configs],
    )


def _render(template: str, data: DatasetCardData, **values: Any) -> str:
    body = render(template, **values)
    return str(DatasetCard(f"---\n{data.to_yaml()}\n---\n\n{body}"))
