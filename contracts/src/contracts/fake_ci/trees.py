"""The trees in which lines run: the user's own, or clones of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from contracts.ci import detection, git
from contracts.fake_ci import python_environment
from contracts.fake_ci.origin import Origin
from contracts.fake_ci.runner import Checkout
from contracts.fake_ci.sandbox import Sandbox
from contracts.fake_ci.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The version to build, how to check versions out, and the importable code and the commands for their lines.

    `branch` is that of the build: uncommitted changes have one of their own.
    """

    build: detection.Build
    branch: str | None
    checkout: Checkout
    sources: tuple[str, ...]
    path: tuple[str, ...] = ()


def own_trees(setting: Setting, sandbox: Sandbox, build: detection.Build) -> Trees:
    """Run lines in the user's tree; other versions are kept trees and worktrees."""
    sandbox.keep(build.version)
    digest = build.version.partition("+")[2]
    branch = build.branch or default_branch(setting, build)
    return Trees(
        build=build,
        branch=f"{branch}+{digest}" if digest else branch,
        checkout=partial(sandbox.tree, current=build.version),
        sources=setting.project.sources,
    )


def isolated_trees(setting: Setting, sandbox: Sandbox, build: detection.Build) -> Trees:
    """Run lines in clones, with a virtual environment of their own; uncommitted changes become a commit there."""
    origin = Origin(root=setting.root, folder=sandbox.folder / "origin.git")
    snapshot = origin.snapshot(build.branch or default_branch(setting, build))
    folders = (each.folder.relative_to(setting.root).as_posix() for each in setting.project.applications)
    return Trees(
        build=replace(build, version=snapshot.commit, dirty=snapshot.dirty),
        branch=snapshot.branch,
        checkout=origin.clone,
        sources=tuple(dict.fromkeys([*setting.project.sources, *folders])),
        path=(str(python_environment.create(sandbox.folder / "python")),),
    )


def default_branch(setting: Setting, build: detection.Build) -> str:
    """Return the default branch of the repository; main if it is unknown."""
    return build.default_branch or (build.kind == "git" and git.default_branch(setting.root)) or "main"
