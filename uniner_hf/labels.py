"""Raw labels of data sets to entity types in natural language, which is what a question asks for."""

from __future__ import annotations

import re

_SCHEME_PREFIX = re.compile(r"^[BIESLUM]-")
_OUTSIDE = re.compile(r"([BIESLUM]-)?O(-.*)?")
_CAMEL_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACRONYMS = frozenset({"DNA", "RNA", "HTML", "XML", "URL"})


def split_tag(tag: str) -> tuple[str, str]:
    """Split a tag into its scheme prefix and its raw label; only the first hyphen counts.

    Args:
        tag: a tag of any of the schemes BIO, IOB1, IOBES, BILOU, or a bare label.

    Returns:
        `(prefix, label)`; the prefix is `"O"` outside entities (some files write `O-MATE` there) and `""` for a label
        without one.

    Example:
        >>> split_tag("B-Multi-tissue_structure")
        ('B', 'Multi-tissue_structure')
        >>> split_tag("person-scholar"), split_tag("O")
        (('', 'person-scholar'), ('O', ''))
    """
    if _OUTSIDE.fullmatch(tag):
        return "O", ""
    if _SCHEME_PREFIX.match(tag):
        return tag[0], tag[2:]
    return "", tag


def natural_type(label: str) -> str:
    """Return the entity type that a raw label names, by the rule that covers most data sets.

    Labels that the rule cannot read (`PER`, `programlang`) stand in the `labels` table of their set in the catalogue.

    Args:
        label: a raw label without its scheme prefix.

    Returns:
        The type in lower case but for acronyms, CamelCase and underscores turned into spaces, hyphens kept.

    Example:
        >>> natural_type("Multi-tissue_structure"), natural_type("CelestialObjectRegion"), natural_type("DNA")
        ('multi-tissue structure', 'celestial object region', 'DNA')
    """
    words = _CAMEL_BOUNDARY.sub(" ", label.replace("_", " ")).split()
    return " ".join(word if word in _ACRONYMS else word.lower() for word in words)
