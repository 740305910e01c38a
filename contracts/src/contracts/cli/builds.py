"""The version, branch and build URL of a command: its options, or else what CI variables and git say."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from contracts.ci import detection
from contracts.cli.outputs import Printer


pacticipant_option = click.option("-a", "--pacticipant", required=True, metavar="NAME", help="Name of the application.")
version_option = click.option(
    "-e",
    "--version",
    metavar="VERSION",
    help="Version of the application.  [default: the commit, from CI or git]",
)
required_version_option = click.option(
    "-e", "--version", required=True, metavar="VERSION", help="Version of the application."
)
environment_option = click.option(
    "--environment", "--to-environment", "environment", required=True, metavar="NAME", help="Name of the environment."
)


def build_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `--branch`, `--build-url` and `--auto-detect-version-properties`."""
    for option in reversed(
        (
            click.option("--branch", metavar="NAME", help="Branch of the version.  [default: detected, see -r]"),
            click.option("--build-url", metavar="URL", help="URL of the build.  [default: detected, see -r]"),
            click.option(
                "-r",
                "--auto-detect-version-properties",
                "auto_detect",
                is_flag=True,
                help="Detect commit, branch and build URL; without a version this is the default.",
            ),
        )
    ):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionProperties:
    """A version with its branch and the URL of its build."""

    version: str
    branch: str | None = None
    build_url: str | None = None


def properties(
    printer: Printer,
    *,
    version: str | None,
    branch: str | None = None,
    build_url: str | None = None,
    auto_detect: bool = False,
) -> VersionProperties:
    """Return the given properties; detect those that are missing if *version* is missing, or with *auto_detect*.

    A remark says what was detected. An explicit version without *auto_detect* gets no detected branch: the branch may
    belong to another commit.

    Raises:
        UnknownBuild: if the version is missing and cannot be detected.
        TreeError: if git is needed, and is missing or refuses.
    """
    if version is not None and not auto_detect:
        return VersionProperties(version=version, branch=branch, build_url=build_url)
    build = detection.detect(os.environ, Path.cwd())
    result = VersionProperties(
        version=version or build.version, branch=branch or build.branch, build_url=build_url or build.build_url
    )
    detected = {
        "version": version is None and build.version,
        "branch": branch is None and build.branch,
        "build URL": build_url is None and build.build_url,
    }
    values = [f"{name} {value}" for name, value in detected.items() if value]
    if values:
        printer.remark(f"Detected from {build.kind}: {', '.join(values)}")
    return result


def detected_version(printer: Printer, version: str | None) -> str:
    """Return *version*, or else the commit of this build.

    Raises:
        UnknownBuild: if it cannot be detected.
        TreeError: if git is needed, and is missing or refuses.
    """
    if version is not None:
        return version
    build = detection.detect(os.environ, Path.cwd())
    printer.remark(f"Detected from {build.kind}: version {build.version}")
    return build.version


def detected_branch(printer: Printer) -> str | None:
    """Return the branch of this build; None for a tag and on a detached head.

    Raises:
        UnknownBuild: if the variables of a CI service are incomplete.
        TreeError: if git is needed, and is missing or refuses.
    """
    build = detection.detect(os.environ, Path.cwd())
    if build.branch is not None:
        printer.remark(f"Detected from {build.kind}: branch {build.branch}")
    return build.branch
