"""Types that mean the same under one name: plurals, and synonyms that the caller lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from uniner_hf.schema import AnnotatedPassage, Entity

# ending -> what stands in its place in the singular, the longest first
_PLURAL_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""))


def singular_names(types: Collection[str]) -> dict[str, str]:
    """Return the plural types of a set whose singular occurs in it too; others keep their names.

    Args:
        types: all types of the set.

    Returns:
        plural -> singular, for `rename_types`.

    Example:
        >>> singular_names(["city", "cities", "film", "films", "class", "classes", "series", "sports"])
        {'cities': 'city', 'films': 'film', 'classes': 'class'}
    """
    known = set(types)
    names = {plural: _singular(plural, known) for plural in types}
    return {plural: singular for plural, singular in names.items() if singular}


def _singular(plural: str, known: Collection[str]) -> str | None:
    if plural.endswith("ss"):
        return None
    singulars = (plural.removesuffix(end) + instead for end, instead in _PLURAL_ENDINGS if plural.endswith(end))
    return next((singular for singular in singulars if singular in known), None)


def rename_types(passage: AnnotatedPassage, names: Mapping[str, str]) -> AnnotatedPassage:
    """Return a passage with other names for its types; entities that become equal are one.

    Args:
        passage: an annotated passage.
        names: old -> new name, of plurals (`singular_names`) or synonyms; types that are not listed stay.

    Example:
        >>> passage = AnnotatedPassage("0", "Rome", (Entity("cities", "Rome", 0, 4), Entity("city", "Rome", 0, 4)))
        >>> rename_types(passage, {"cities": "city"}).entities
        (Entity(type='city', text='Rome', start=0, end=4),)
    """
    renamed = (
        Entity(names.get(entity.type, entity.type), entity.text, entity.start, entity.end)
        for entity in passage.entities
    )
    return AnnotatedPassage(passage.id, passage.text, tuple(dict.fromkeys(renamed)))
