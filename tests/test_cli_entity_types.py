"""Entity types from files."""

from pathlib import Path

import pytest

from uniner_hf.cli.entity_types import read_entity_types, read_rules_file


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


def test_a_definition_may_be_a_list_of_wordings(tmp_path: Path) -> None:
    path = tmp_path / "types.json"
    path.write_text('{"city": ["city", "town"], "river": "a stream"}', encoding="utf-8")
    assert read_entity_types(path) == {"city": ["city", "town"], "river": "a stream"}
    path.write_text('{"city": ["city", 3]}', encoding="utf-8")
    with pytest.raises(ValueError, match="all of them strings or lists of strings"):
        read_entity_types(path)


def test_rules_come_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[date]\npattern = '\\d'\nmost_words = 4\n", encoding="utf-8")
    assert read_rules_file(path) == {"date": {"pattern": r"\d", "most_words": 4}}
    path.write_text("[date\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"rules\.toml: expected TOML, found .*; mend the file"):
        read_rules_file(path)
