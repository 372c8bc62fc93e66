"""The files of the metric's Space: whole without this package, and as `evaluate` reads them."""

import ast
from pathlib import Path

import pytest
from evaluate.loading import get_imports

from uniner_hf.hub.metric_space import space_files
from uniner_hf.metrics import metric_path

IMPORTS = (ast.Import, ast.ImportFrom)
FILES = {path: content.decode() for path, content in space_files(metric_path(), "me/ner-f1").items()}


def test_no_module_imports_this_package() -> None:
    modules = {path: ast.walk(ast.parse(source)) for path, source in FILES.items() if path.endswith(".py")}
    imports = [ast.unparse(one) for nodes in modules.values() for one in nodes if isinstance(one, IMPORTS)]
    assert "from .matching import __name__ as _matching" in imports
    assert not [line for line in imports if "uniner_hf" in line]


def test_evaluate_copies_every_module_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "ner-f1.py").write_text(FILES["ner-f1.py"], encoding="utf-8")
    copied = {name for kind, name, *_ in get_imports(str(tmp_path / "ner-f1.py")) if kind == "internal"}
    assert {f"{name}.py" for name in copied} == {path for path in FILES if path.endswith(".py")} - {
        "app.py",
        "ner-f1.py",
    }


def test_page_and_card_load_it_by_its_name() -> None:
    assert 'with_name("ner-f1.py")' in FILES["app.py"]
    assert '>>> metric = evaluate.load("me/ner-f1")' in FILES["README.md"]
    assert ">>> import evaluate\n" in FILES["README.md"] and "metric_path" not in "".join(FILES.values())


@pytest.mark.parametrize("name", ["scoring", "app", "f1.v2"])
def test_names_that_cannot_be_loaded_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"scoring, app; found '{name}'; choose another ORG/NAME"):
        space_files(metric_path(), f"me/{name}")
