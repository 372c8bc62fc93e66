"""Entity types from files."""

from pathlib import Path

import pytest

from uniner_hf.cli.entity_types import read_entity_types


@pytest.mark.parametrize(
    ("name", "content", "types"),
    [
        (
            "types.txt",
            "person\r\n\n  political party \nevent, historical",
            ["person", "political party", "event, historical"],
        ),
        ("types.json", '["person", "work of art"]', ["person", "work of art"]),
        ("types.json", '{"person": "a human being", "œuvre": ""}', {"person": "a human being", "œuvre": ""}),
    ],
)
def test_types_in_the_order_of_the_file(name: str, content: str, types: object, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode())
    assert read_entity_types(path) == types


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("types.txt", "\n \n", "at least one entity type"),
        ("types.json", "[]", "at least one entity type"),
        ("types.json", "person", "expected JSON"),
        ("types.json", '"person"', "expected a list of types or an object"),
        ("types.json", '["person", 3]', "all of them strings"),
        ("types.json", '{"person": null}', "all of them strings"),
    ],
)
def test_another_shape_is_refused_by_name(name: str, content: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=f"{name}: expected .*") as error:
        read_entity_types(path)
    assert complaint in str(error.value)
