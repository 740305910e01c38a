"""The package as users install it: built, complete, and light without extras."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "contracts"
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
REPOSITORY = PROJECT["urls"]["Source"]
HEAVY = ("alembic", "jinja2", "pact", "pydantic", "requests", "sqlalchemy", "starlette", "uvicorn", "yaml")
"""Libraries that `contracts --help` does not load."""

pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("package")]


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, PACKAGE)
    return folder


@pytest.fixture(scope="module")
def installed(distributions, tmp_path_factory):
    """The scripts of a fresh environment in which only the wheel is installed."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    (wheel,) = distributions.glob("*.whl")
    run(scripts / "python", "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel)
    return scripts


def test_the_index_would_accept_both_distributions(distributions):
    run(sys.executable, "-m", "twine", "check", "--strict", *distributions.iterdir())


def test_both_distributions_have_the_licence_and_nothing_but_the_package(distributions):
    (wheel,) = distributions.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"contracts"}
    assert "contracts/py.typed" in names
    assert "contracts/scaffold/templates/ci/github.yml.jinja" in names
    (source,) = distributions.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        inside = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert inside <= {"LICENSE", "PKG-INFO", "README.md", ".gitignore", "pyproject.toml", "src"}


def test_the_base_install_has_no_server(installed):
    packages = run(installed / "python", "-m", "pip", "list", "--format=freeze").lower()
    for server in ("starlette", "sqlalchemy", "uvicorn", "alembic", "pact-python", "psycopg"):
        assert f"{server}==" not in packages


def test_help_loads_no_heavy_library(installed):
    code = "import sys; from contracts.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    modules = run(installed / "python", "-c", code).splitlines()[-1].split()
    assert "click" in modules
    assert not set(HEAVY) & set(modules)


def test_the_base_install_sets_up_and_examines_a_repository(installed, tmp_path):
    run(
        installed / "contracts",
        "init",
        "--consumer",
        "shop",
        "--calls",
        "stock",
        "--ci",
        "gitlab",
        "--yes",
        cwd=tmp_path,
    )
    assert (tmp_path / ".gitlab-ci.yml").exists()
    done = subprocess.run(
        [installed / "contracts", "doctor"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install 'pact-contracts[verify]'" in done.stdout


PACT = {"consumer": {"name": "shop"}, "provider": {"name": "stock"}, "interactions": [{"description": "x"}]}
VERIFY = ("verify", "pact.json", "--provider", "stock", "--provider-base-url", "http://127.0.0.1:1", "--version", "1")


@pytest.mark.parametrize(("command", "extra"), [(("broker",), "broker"), (VERIFY, "verify")])
def test_a_missing_extra_is_named_in_one_sentence(installed, tmp_path, command, extra):
    (tmp_path / "pact.json").write_text(json.dumps(PACT))
    done = subprocess.run(
        [installed / "contracts", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    output = done.stdout + done.stderr
    assert f"pip install 'pact-contracts[{extra}]'" in " ".join(output.split())
    assert "Traceback" not in output


def test_the_readme_of_the_package_has_working_links():
    text = (PACKAGE / "README.md").read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        assert link.startswith(f"{REPOSITORY}/"), f"{link} would not work on the package index"
        place = re.fullmatch(rf"{REPOSITORY}/(?:blob|tree)/main/([^#]+)(#.*)?", link)
        assert place is not None, link
        assert (ROOT / place[1]).exists(), link


def test_the_licence_of_the_package_is_that_of_the_repository():
    assert (PACKAGE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_site_of_the_documentation_is_built_without_a_warning_and_fetches_nothing(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    importlib.import_module("commands.site").copy(tmp_path)
    run(Path(sys.executable).parent / "zensical", "build", "--strict", "--config-file", tmp_path / "mkdocs.yml")
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        loaded = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"?(https?://[^\" >]+)", page.read_text("utf-8"))
        assert [each for each in loaded if not each.startswith(REPOSITORY)] == [], page
