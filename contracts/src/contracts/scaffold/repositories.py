"""What a repository holds, found by reading it: nothing of it is imported or run."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contracts.ci import git
from contracts.ci.git import TreeError


DJANGO = "django"
CLIENTS = ("requests", "httpx", "aiohttp", "urllib3")
VENDORS = {
    "github": ".github/workflows",
    "gitlab": ".gitlab-ci.yml",
    "jenkins": "Jenkinsfile",
    "circleci": ".circleci/config.yml",
    "azure": "azure-pipelines.yml",
    "bitbucket": "bitbucket-pipelines.yml",
    "buildkite": ".buildkite/pipeline.yml",
}
"""Each CI vendor with the file or folder that its configuration is in."""

_HOSTS = {"github": "github", "gitlab": "gitlab", "bitbucket": "bitbucket", "azure": "azure", "visualstudio": "azure"}
_CLASSES = {
    "Flask": "flask",
    "FastAPI": "fastapi",
    "Starlette": "starlette",
    "Litestar": "litestar",
    "Bottle": "bottle",
}
_NODE_INSTALLS = {
    "package-lock.json": "npm ci",
    "pnpm-lock.yaml": "npx --yes pnpm install --frozen-lockfile",
    "yarn.lock": "npx --yes yarn install --frozen-lockfile",
}
_IGNORED = {"node_modules", "site-packages", "build", "dist", "docs", "migrations"}
_MOST_FILES = 2000
_LARGEST_BYTES = 1_000_000
_REMOTE = re.compile(r"^(?:[a-z+]+://)?(?:[^@/]+@)?(?P<host>[^:/]+)(?::\d+)?[:/](?P<path>.+?)(?:\.git)?/?$")
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where the repository is hosted; *path* is OWNER/NAME, or longer."""

    host: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebApplication:
    """An ASGI or WSGI application: *location* is MODULE:NAME as seen from *folder*, which is relative to the root."""

    framework: str
    location: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What is known of the repository at *root*."""

    root: Path
    name: str
    remote: Remote | None
    default_branch: str
    vendors: tuple[str, ...]
    """The CI vendors that are configured here; if none is, the one that the remote suggests."""
    dependencies: frozenset[str]
    """The names of the Python packages that it requires, in lower case."""
    applications: tuple[WebApplication, ...]
    test_folder: Path
    """Relative to the root; it need not exist."""
    python: bool
    node: bool
    node_commands: tuple[str, ...]
    """The commands that install and start a Node application, if it can be started."""
    requirements: str | None
    """The file that lists requirements, if there is one: `requirements.txt`, or `pyproject.toml` with a project."""

    @property
    def http_client(self) -> str:
        """The HTTP library that a contract test should call: one that is in use, or requests."""
        return next((name for name in ("requests", "httpx") if name in self.dependencies), "requests")

    def within(self, folder: Path) -> Repository:
        """Return the repository with only those web applications that are in *folder*."""
        applications = tuple(each for each in self.applications if each.folder.is_relative_to(folder))
        return replace(self, applications=applications)


def inspect(folder: Path) -> Repository:
    """Read the repository that contains *folder*: its files and its git settings."""
    top, url, default_branch = _git(folder)
    root = top.resolve()
    pyproject = _toml(root / "pyproject.toml")
    package = _json(root / "package.json")
    remote = _remote(url)
    dependencies = frozenset(_dependencies(root, pyproject))
    return Repository(
        root=root,
        name=_name(root, pyproject, package, remote),
        remote=remote,
        default_branch=default_branch,
        vendors=_vendors(root, remote),
        dependencies=dependencies,
        applications=tuple(_applications(root)),
        test_folder=next((Path(each) for each in ("tests", "test") if (root / each).is_dir()), Path("tests")),
        python=_is_python(root, pyproject),
        node=bool(package),
        node_commands=_node_commands(root, package),
        requirements=_requirements(root, pyproject),
    )


def _requirements(root: Path, pyproject: dict[str, Any]) -> str | None:
    if (root / "requirements.txt").is_file():
        return "requirements.txt"
    return "pyproject.toml" if "project" in pyproject else None


def _is_python(root: Path, pyproject: dict[str, Any]) -> bool:
    """Whether there is more than the declaration that `contracts init` writes into any repository."""
    tools = set(pyproject.get("tool", ())) - {"contracts"}
    others = set(pyproject) - {"tool"}
    return bool(tools or others) or (root / "requirements.txt").is_file() or any(_sources(root))


def _node_commands(root: Path, package: dict[str, Any]) -> tuple[str, ...]:
    scripts = package.get("scripts")
    starts = (isinstance(scripts, dict) and "start" in scripts) or (bool(package) and (root / "server.js").is_file())
    if not starts:
        return ()
    locks = (each for each in _NODE_INSTALLS if (root / each).is_file())
    install = _NODE_INSTALLS[lock] if (lock := next(locks, None)) else "npm install"
    needs_packages = any(package.get(each) for each in ("dependencies", "devDependencies"))
    return (*([install] if needs_packages else []), "(npm start &)")


def _name(root: Path, pyproject: dict[str, Any], package: dict[str, Any], remote: Remote | None) -> str:
    names = (
        pyproject.get("project", {}).get("name"),
        package.get("name"),
        remote.path.rpartition("/")[2] if remote else None,
    )
    name = next((each for each in names if isinstance(each, str) and each), root.name)
    return name.rpartition("/")[2] or "application"  # npm's names may have a scope


def _git(folder: Path) -> tuple[Path, str, str]:
    """Return the root of the repository, the URL of its origin, and its default branch; without git, the usual ones."""
    try:
        root = git.top(folder) or folder
        return root, git.remote(root), git.default_branch(root) or git.branch(root) or "main"
    except TreeError:
        return folder, "", "main"


def _remote(url: str) -> Remote | None:
    parts = _REMOTE.match(url)
    if parts is None or url.startswith(("/", ".", "file:")):
        return None
    return Remote(host=parts["host"], path=parts["path"].lstrip("/"))


def _vendors(root: Path, remote: Remote | None) -> tuple[str, ...]:
    configured = tuple(vendor for vendor, place in VENDORS.items() if (root / place).exists())
    if configured or remote is None:
        return configured
    return tuple(vendor for word, vendor in _HOSTS.items() if word in remote.host)[:1]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _dependencies(root: Path, pyproject: dict[str, Any]) -> Iterator[str]:
    project = pyproject.get("project", {})
    lines = list(project.get("dependencies", ()))
    for group in (*project.get("optional-dependencies", {}).values(), *pyproject.get("dependency-groups", {}).values()):
        lines += group
    lines += pyproject.get("tool", {}).get("poetry", {}).get("dependencies", {})
    for file in sorted(root.glob("*requirements*.txt")):
        lines += file.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        if isinstance(line, str) and (name := _REQUIREMENT.match(line)):
            yield name[1].lower()


def _sources(root: Path) -> Iterator[Path]:
    """Yield the Python files of the repository, those nearest to its root first, without tests and libraries."""
    folders = [root]
    count = 0
    while folders and count < _MOST_FILES:
        folder = folders.pop(0)
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        for entry in entries:
            hidden = entry.name.startswith((".", "test")) or entry.name in _IGNORED
            if entry.is_symlink() or hidden:
                continue
            if entry.is_dir():
                if not (entry / "pyvenv.cfg").exists():
                    folders.append(entry)
            elif entry.suffix == ".py" and entry.stat().st_size <= _LARGEST_BYTES:
                count += 1
                yield entry


def _applications(root: Path) -> Iterator[WebApplication]:
    for source in _sources(root):
        try:
            tree = ast.parse(source.read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError):
            continue
        yield from _applications_in(tree, source, root)


def _applications_in(tree: ast.Module, source: Path, root: Path) -> Iterator[WebApplication]:
    folder, module = _module(source, root)
    for statement in tree.body:
        name, framework = None, None
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name, framework = statement.targets[0].id, _framework_of_call(statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name, framework = statement.target.id, _framework_of_call(statement.value)
        elif isinstance(statement, ast.FunctionDef) and not _needs_arguments(statement):
            name, framework = f"{statement.name}()", _framework_of_factory(statement)
        if name is not None and framework is not None:
            yield WebApplication(framework=framework, location=f"{module}:{name}", folder=folder)


def _module(source: Path, root: Path) -> tuple[Path, str]:
    """Return the folder to import from, relative to the root, and the dotted name of the module."""
    folder = source.parent
    while folder != root and (folder / "__init__.py").exists():
        folder = folder.parent
    if folder == root and (root / "src") in source.parents:
        folder = root / "src"
    parts = source.relative_to(folder).with_suffix("").parts
    return folder.relative_to(root), ".".join(part for part in parts if part != "__init__") or parts[0]


def _framework_of_call(value: ast.expr | None) -> str | None:
    if not isinstance(value, ast.Call):
        return None
    function = value.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called in ("get_wsgi_application", "get_asgi_application"):
        return DJANGO
    return _CLASSES.get(called)


def _framework_of_factory(function: ast.FunctionDef) -> str | None:
    """Return the framework whose application *function* makes and returns."""
    frameworks = {
        statement.targets[0].id: framework
        for statement in ast.walk(function)
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and (framework := _framework_of_call(statement.value)) is not None
    }
    for statement in ast.walk(function):
        if isinstance(statement, ast.Return):
            if isinstance(statement.value, ast.Name) and statement.value.id in frameworks:
                return frameworks[statement.value.id]
            if (framework := _framework_of_call(statement.value)) is not None:
                return framework
    return None


def _needs_arguments(function: ast.FunctionDef) -> bool:
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return positional > 0 or any(default is None for default in arguments.kw_defaults)
