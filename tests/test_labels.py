"""Tags to labels, labels to entity types."""

import pytest

from uniner_hf.labels import natural_type, split_tag


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("O", ("O", "")),
        ("B-O", ("O", "")),
        ("O-MATE", ("O", "")),
        ("ORG", ("", "ORG")),
        ("I-O", ("O", "")),
        ("B-PER", ("B", "PER")),
        ("E-PER", ("E", "PER")),
        ("S-PER", ("S", "PER")),
        ("L-PER", ("L", "PER")),
        ("U-PER", ("U", "PER")),
        ("M-PER", ("M", "PER")),
        ("B-Multi-tissue_structure", ("B", "Multi-tissue_structure")),
        ("B-field of study", ("B", "field of study")),
        ("person-scholar", ("", "person-scholar")),
        ("E", ("", "E")),
        ("Order", ("", "Order")),
    ],
)
def test_split_tag(tag: str, parts: tuple[str, str]) -> None:
    assert split_tag(tag) == parts


@pytest.mark.parametrize("label", ["blood-type-O", "B-blood-type-O", "I-vitamin-O"])
def test_a_label_that_ends_in_o_is_not_outside(label: str) -> None:
    assert split_tag(label) == (("", label) if label.startswith("blood") else (label[0], label[2:]))


@pytest.mark.parametrize(
    ("label", "entity_type"),
    [
        ("Multi-tissue_structure", "multi-tissue structure"),
        ("CelestialObjectRegion", "celestial object region"),
        ("EntityOfFutureInterest", "entity of future interest"),
        ("GeneOrGeneProduct", "gene or gene product"),
        ("RATINGS_AVERAGE", "ratings average"),
        ("Restaurant_Name", "restaurant name"),
        ("HTML_XML_Tag", "HTML XML tag"),
        ("cell_type", "cell type"),
        ("DNA", "DNA"),
        ("URL", "URL"),
        ("creative-work", "creative-work"),
    ],
)
def test_natural_type(label: str, entity_type: str) -> None:
    assert natural_type(label) == entity_type
