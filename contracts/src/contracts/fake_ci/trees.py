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

    `digest` tells uncommitted changes apart; it is empty without any.
    """

    build: detection.Build
    digest: str
    checkout: Checkout
    sources: tuple[str, ...]
    path: tuple[str, ...] = ()


def own_trees(setting: Setting, sandbox: Sandbox, build: detection.Build) -> Trees:
    """Run lines in the user's tree; other versions are kept trees and worktrees."""
    sandbox.keep(build.version)
    return Trees(
        build=build,
        digest=build.version.partition("+")[2],
        checkout=partial(sandbox.tree, current=build.version),
        sources=setting.project.sources,
    )


def isolated_trees(setting: Setting, sandbox: Sandbox, build: detection.Build) -> Trees:
    """Run lines in clones, with a virtual environment of their own; uncommitted changes become a commit there."""
    origin = Origin(root=setting.root, folder=sandbox.folder / "origin.git")
    default = (build.kind == "git" and git.default_branch(setting.root)) or "main"
    snapshot = origin.snapshot(build.branch or default)
    folders = (each.folder.relative_to(setting.root).as_posix() for each in setting.project.applications)
    return Trees(
        build=replace(build, version=snapshot.commit, dirty=snapshot.dirty),
        digest=snapshot.commit[:12] if snapshot.dirty and build.kind == "git" else "",
        checkout=origin.clone,
        sources=tuple(dict.fromkeys([*setting.project.sources, *folders])),
        path=(str(python_environment.create(sandbox.folder / "python")),),
    )
