"""The wheel holds what the package needs; constraints.txt pins everything that it installs."""

import re
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import uniner_hf

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "uniner_hf", source / "uniner_hf", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        source,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.mark.slow
def test_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "uniner_hf").rglob("*") if path.is_file()}
    expected = {name for name in files if "__pycache__" not in name}
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == expected


@pytest.mark.slow
def test_wheel_holds_what_is_read_at_run_time(wheel: zipfile.ZipFile) -> None:
    assert {
        "uniner_hf/py.typed",
        "uniner_hf/templates/uniner.jinja",
        "uniner_hf/templates/entities.html",
        "uniner_hf/benchmark/catalog.toml",
        "uniner_hf/metrics/uniner_f1/uniner_f1.py",
        "uniner_hf/models/mini/model.safetensors",
        "uniner_hf/models/mini/README.md",
    } <= set(wheel.namelist())


@pytest.mark.slow
def test_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    folder = f"uniner_hf-{uniner_hf.__version__}.dist-info"
    assert b"uniner-hf = uniner_hf.cli:main" in wheel.read(f"{folder}/entry_points.txt")
    assert b"Apache License" in wheel.read(f"{folder}/licenses/LICENSE")
    about = wheel.read(f"{folder}/METADATA").decode()
    assert f"Version: {uniner_hf.__version__}\n" in about
    assert "Requires-Python: >=3.11\n" in about


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(section: str, option: str) -> list[str]:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = setup[section][option].splitlines()
    return [line for line in lines if line and not line.startswith(("#", "uniner-hf["))]


def add_installed(requirements: list[str], extras: frozenset[str], versions: dict[str, str]) -> None:
    """Add to `versions` what is installed for the requirements, all the way down."""
    for requirement in map(Requirement, requirements):
        environments = [{"extra": extra} for extra in extras or {""}]
        if requirement.marker and not any(map(requirement.marker.evaluate, environments)):
            continue
        name = canonical(requirement.name)
        if name not in versions or requirement.extras:
            versions[name] = metadata.version(name).split("+")[0]  # torch's CPU build is 2.13.0+cpu
            add_installed(metadata.requires(name) or [], frozenset(requirement.extras), versions)


def test_constraints_pin_exactly_what_the_tests_run_with() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    installed: dict[str, str] = {}
    add_installed(declared("options", "install_requires"), frozenset(), installed)
    for extra in ("train", "evaluate", "distill", "dev"):
        add_installed(declared("options.extras_require", extra), frozenset(), installed)
    assert {canonical(name): version for name, version in pinned.items()} == installed
