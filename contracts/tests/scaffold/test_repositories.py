from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from contracts.scaffold import repositories
from contracts.scaffold.repositories import Remote


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def applications(root: Path) -> list[tuple[str, str, str]]:
    return [(each.framework, each.location, each.folder.as_posix()) for each in repositories.inspect(root).applications]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("app = Flask(__name__)", ("flask", "shop:app")),
        ("app = flask.Flask(__name__)", ("flask", "shop:app")),
        ("api: FastAPI = FastAPI()", ("fastapi", "shop:api")),
        ("application = get_wsgi_application()", ("django", "shop:application")),
        ("application = get_asgi_application()", ("django", "shop:application")),
        ("def create_app(config=None):\n    app = Flask(__name__)\n    return app", ("flask", "shop:create_app()")),
        ("def make() -> Starlette:\n    return Starlette()", ("starlette", "shop:make()")),
    ],
)
def test_an_application_is_found_without_importing_it(tmp_path, source, expected):
    root = write(tmp_path, **{"shop.py": f"raise SystemExit\n{source}\n"})
    assert applications(root) == [(*expected, ".")]


@pytest.mark.parametrize(
    "source",
    [
        "def create_app(settings):\n    return Flask(__name__)",  # cannot be called without an argument
        "def create_app(*, settings):\n    return Flask(__name__)",
        "app = Client()",
        "if True:\n    x = (",  # not Python
    ],
)
def test_an_object_that_cannot_be_served_is_not_an_application(tmp_path, source):
    assert applications(write(tmp_path, **{"shop.py": source})) == []


def test_the_module_is_named_as_it_is_imported(tmp_path):
    write(tmp_path, **{"src__shop____init__.py": "", "src__shop__api.py": "app = FastAPI()"})
    (tmp_path / "src/shop").mkdir(parents=True, exist_ok=True)
    (tmp_path / "src/shop/__init__.py").touch()
    assert ("fastapi", "shop.api:app", "src") in applications(tmp_path)


def test_tests_libraries_and_virtual_environments_are_not_searched(tmp_path):
    app = "app = Flask(__name__)"
    write(tmp_path, **{"tests__app.py": app, "node_modules__x.py": app, "env__pyvenv.cfg": "", "env__app.py": app})
    assert applications(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("git@github.com:acme/shop.git", Remote(host="github.com", path="acme/shop")),
        (
            "https://user:secret@gitlab.example.com/acme/team/shop.git",
            Remote(host="gitlab.example.com", path="acme/team/shop"),
        ),
        ("ssh://git@git.example.com:7999/acme/shop.git", Remote(host="git.example.com", path="acme/shop")),
        ("/srv/git/shop.git", None),
        ("../shop", None),
    ],
)
def test_the_remote_is_a_host_and_a_path(tmp_path, url, remote):
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", url)
    assert repositories.inspect(tmp_path).remote == remote


@pytest.mark.parametrize(("branch", "expected"), [("trunk", "trunk"), ("master", "master"), ("odd", "odd")])
def test_the_default_branch_is_the_usual_one_or_the_only_one(tmp_path, branch, expected):
    git(tmp_path, "init", "--quiet", f"--initial-branch={branch}")
    assert repositories.inspect(tmp_path).default_branch == expected


def test_a_configured_vendor_wins_over_the_one_of_the_remote(tmp_path):
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "git@github.com:acme/shop.git")
    assert repositories.inspect(tmp_path).vendors == ("github",)
    write(tmp_path, Jenkinsfile="pipeline {}")
    assert repositories.inspect(tmp_path).vendors == ("jenkins",)


def test_the_http_client_is_one_that_is_in_use(tmp_path):
    assert repositories.inspect(tmp_path).http_client == "requests"
    write(tmp_path, **{"pyproject.toml": '[project]\nname = "shop"\ndependencies = ["HTTPX>=0.27", "flask"]\n'})
    repository = repositories.inspect(tmp_path)
    assert repository.http_client == "httpx"
    assert repository.name == "shop"
    assert repository.requirements == "pyproject.toml"


@pytest.mark.parametrize(
    ("package", "other_file", "commands"),
    [
        ({"scripts": {"start": "node ."}}, "index.js", ("(npm start &)",)),
        ({}, "server.js", ("(npm start &)",)),
        ({"scripts": {"start": "x"}, "dependencies": {"koa": "3"}}, "index.js", ("npm install", "(npm start &)")),
        ({"scripts": {"start": "x"}, "dependencies": {"koa": "3"}}, "package-lock.json", ("npm ci", "(npm start &)")),
        ({"scripts": {"test": "jest"}}, "index.js", ()),
    ],
)
def test_a_node_application_is_installed_and_started_as_npm_does(tmp_path, package, other_file, commands):
    declaration = '[tool.contracts.applications.stock]\nfolder = "."\nrole = "provider"\n'
    package = {"name": "@acme/stock", **package}
    write(tmp_path, **{"package.json": json.dumps(package), other_file: "", "pyproject.toml": declaration})
    stock = repositories.inspect(tmp_path)
    assert (stock.name, stock.node, stock.python, stock.node_commands) == ("stock", True, False, commands)


@pytest.mark.parametrize("name", ["package.json", "pyproject.toml", "requirements.txt"])
def test_an_unreadable_file_is_skipped(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\xfe{[")
    assert repositories.inspect(tmp_path).applications == ()


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607
