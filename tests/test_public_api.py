"""What `import uniner_hf` offers, what it costs, and that it registers the task whichever import comes first."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import uniner_hf

HEAVY = ("torch", "transformers", "datasets", "trl", "jinja2", "pyarrow")


def in_fresh_python(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_import_loads_nothing_heavy() -> None:
    assert in_fresh_python(f"import sys, uniner_hf; print([m for m in {HEAVY} if m in sys.modules])") == "[]"


def test_help_loads_nothing_heavy() -> None:
    program = f"""
import sys
from uniner_hf.cli import main
try:
    main(["extract", "--help"])
except SystemExit as stop:
    print("exit", stop.code, [m for m in {HEAVY} if m in sys.modules])
"""
    assert in_fresh_python(program).splitlines()[-1] == "exit 0 []"


def test_all_is_the_public_surface() -> None:
    assert uniner_hf.__all__ == ["__version__", *sorted(uniner_hf._HOMES)]
    assert set(uniner_hf.__all__) <= set(dir(uniner_hf))
    for name in uniner_hf.__all__:
        assert getattr(uniner_hf, name).__doc__, name


def test_type_checkers_see_the_same_names_in_the_same_places() -> None:
    tree = ast.parse(Path(uniner_hf.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1]
    seen = {alias.asname: f"uniner_hf.{node.module}" for node in imports for alias in node.names}
    assert seen == uniner_hf._HOMES


def test_unknown_name_is_an_attribute_error_that_names_the_public_ones() -> None:
    with pytest.raises(AttributeError, match="no attribute 'render'; its public names are .*render_prompt"):
        _ = uniner_hf.render


@pytest.mark.parametrize(
    "imports",
    [
        "import uniner_hf, transformers.pipelines",
        "import transformers.pipelines, uniner_hf",
        "from transformers import pipeline; import uniner_hf",
        "from uniner_hf.pipeline import UniversalNERPipeline",
        "from uniner_hf import UniversalNERPipeline",
    ],
)
def test_task_is_registered_in_every_import_order(imports: str) -> None:
    program = f"""
{imports}
from transformers.pipelines import PIPELINE_REGISTRY
print(PIPELINE_REGISTRY.check_task("universal-ner")[1]["impl"].__name__)
"""
    assert in_fresh_python(program) == "UniversalNERPipeline"
