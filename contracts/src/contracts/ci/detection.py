"""Detection of the commit, branch and build URL, from CI variables or git.

Versions are full commit hashes, so that a webhook's receiver can check them out.
`contracts.ci.vendors` reads the variables of CI services.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from contracts.ci import git
from contracts.ci.builds import Build, UnknownBuild, commit_of
from contracts.ci.checkouts import settled
from contracts.ci.github_builds import github_event
from contracts.ci.vendors import SERVICES, overriding_jenkins


__all__ = ["Build", "UnknownBuild", "commit_of", "detect", "from_directory", "github_event"]

_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,39}")
DIGEST_LENGTH = 12
_URL_CHARACTERS = "%/:?#[]@!$&'()*+,;=~"


def detect(environ: Mapping[str, str], directory: Path) -> Build:
    """Detect the build in *directory* from the CI variables in *environ*, or outside CI from git.

    GIT_COMMIT and GIT_BRANCH override the result. Jenkins' git plugin sets variables of these names itself: on Jenkins
    GIT_BRANCH overrides only if the plugin did not set it. BUILD_URL applies if no CI service names a URL. In pull
    requests the version is the head of the source branch.

    Raises:
        UnknownBuild: if a CI service's variables are incomplete or ambiguous, if they name another commit than the one
            that is checked out, or if GIT_COMMIT is an abbreviated hash of an unknown commit.
        TreeError: if git is needed, and is missing or refuses.
    """
    variables = {name: value for name, value in environ.items() if value}
    service = next((read for variable, read in SERVICES.items() if variables.get(variable)), None)
    version, branch = variables.get("GIT_COMMIT"), variables.get("GIT_BRANCH")
    if service is not None:
        build = service(variables)
        if build.kind == "jenkins":
            version, branch = None, overriding_jenkins(variables)
        if build.version == "HEAD":  # Buildkite, for a build that was started by hand
            build = replace(build, version=_full(build.version, directory))
        build = build if version is not None else settled(build, directory)
    elif version is not None:
        build = Build(kind="git", version=version, branch=None, build_url=None)
        branch = branch or git.branch(directory)
    else:
        build = from_directory(directory)
    if build.build_url is None:
        build = replace(build, build_url=variables.get("BUILD_URL"))
    if build.build_url is not None:
        build = replace(build, build_url=quote(build.build_url, safe=_URL_CHARACTERS))
    if version is not None:
        version = _full(version, directory) if _ABBREVIATED.fullmatch(version) else version
        build = replace(build, version=version, dirty="+" in version)
    return replace(build, branch=branch) if branch is not None else build


def from_directory(directory: Path) -> Build:
    """Detect the build from the files and git repository in *directory* alone.

    Raises:
        TreeError: if git is missing or refuses.
    """
    tree = git.read(directory)
    if tree.commit is None:
        version = f"files-{tree.content}"
    else:
        version = f"{tree.commit}+{tree.content[:DIGEST_LENGTH]}" if tree.dirty else tree.commit
    return Build(
        kind="git" if tree.in_git else "files",
        version=version,
        branch=tree.branch,
        build_url=None,
        dirty=tree.dirty,
    )


def _full(commit: str, directory: Path) -> str:
    if (full := git.resolve(directory, commit)) is None:
        raise UnknownBuild(
            f"GIT_COMMIT is {commit}, an abbreviated hash of a commit that is not in this clone. "
            "Set GIT_COMMIT to the full hash, so that a webhook's receiver can check it out."
        )
    return full
