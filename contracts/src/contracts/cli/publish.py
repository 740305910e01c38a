"""`contracts publish`."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

import click

from contracts.ci.publish import MOST_REQUEST_BYTES, PublishedPacts, publish
from contracts.cli import builds
from contracts.cli.builds import build_options
from contracts.cli.connections import BrokerCommand, with_broker
from contracts.cli.helps import epilog
from contracts.cli.outputs import Printer, output
from contracts.client import Broker, UsageError


@click.command(
    "publish",
    cls=BrokerCommand,
    short_help="Publish pact files.",
    epilog=epilog(
        "publish pacts",
        "publish pacts --version 1f3a9c --branch main --build-url https://ci.example.com/42",
        "publish 'build/**/*.json' --auto-detect-version-properties --tag-with-git-branch",
    ),
)
@click.argument("pacts", nargs=-1, required=True, metavar="PACTS...")
@click.option(
    "-e",
    "--version",
    metavar="VERSION",
    help="Version of the consumers.  [default: the commit, from CI or git]",
)
@click.option(
    "-a",
    "--consumer-app-version",
    metavar="VERSION",
    help="Same as --version, as in the official client.",
)
@build_options
@click.option("-t", "--tag", "tags", multiple=True, metavar="NAME", help="Tag; repeatable, or separated by commas.")
@click.option("--tag-with-git-branch", is_flag=True, help="Add the name of the current branch as a tag.")
@click.option(
    "--merge",
    is_flag=True,
    help="Merge with the pact of this version, as from parallel builds, if the broker allows it.",
)
@click.option("--validate", is_flag=True, help="Accepted for scripts: files are always checked.")
@click.option("--pacticipant", metavar="NAME", help="Refuse pacts of any other consumer.")
@click.option(
    "--max-request-bytes",
    type=click.IntRange(100_000),
    default=MOST_REQUEST_BYTES,
    show_default=True,
    help="Largest request that the broker accepts.",
)
@click.option("--allow-empty", is_flag=True, help="Publish pacts without interactions, which nobody verifies.")
@output("text")
@with_broker
def command(
    *,
    broker: Broker,
    printer: Printer,
    pacts: tuple[str, ...],
    version: str | None,
    consumer_app_version: str | None,
    branch: str | None,
    build_url: str | None,
    auto_detect: bool,
    tags: tuple[str, ...],
    tag_with_git_branch: bool,
    merge: bool,
    validate: bool,  # noqa: ARG001 - files are always checked
    pacticipant: str | None,
    max_request_bytes: int,
    allow_empty: bool,
) -> None:
    """Publish PACTS: pact files, folders of *.json files, or glob patterns.

    Everything is checked before anything is sent. Files of one consumer and provider are merged; files that contradict
    each other are refused. So is a version whose pact was published with different content.
    """
    build = builds.properties(
        printer,
        version=_version(version, consumer_app_version),
        branch=branch,
        build_url=build_url,
        auto_detect=auto_detect,
    )
    names = [name for tag in tags for name in tag.split(",") if name]
    if tag_with_git_branch and (current := build.branch or builds.detected_branch(printer)):
        names.append(current)
    published = publish(
        broker,
        pact_files=expand(pacts),
        version=build.version,
        branch=build.branch,
        tags=tuple(dict.fromkeys(names)),
        build_url=build.build_url,
        pacticipant=pacticipant,
        most_request_bytes=max_request_bytes,
        allow_empty=allow_empty,
        merge=merge,
    )
    printer.reporter.published(published, verbose=printer.verbose)
    _print(printer, published, names)


def expand(patterns: Iterable[str]) -> list[Path]:
    """Return the paths that *patterns* name: existing paths, or glob patterns.

    Raises:
        UsageError: if a pattern matches nothing.
    """
    paths: list[Path] = []
    for pattern in patterns:
        if Path(pattern).exists() or not glob.has_magic(pattern):
            paths.append(Path(pattern))
            continue
        matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - the pattern may be absolute
        if not matches:
            raise UsageError(f"No file matches {pattern!r}. Run the consumer's contract tests first.")
        paths += map(Path, matches)
    return paths


def _version(version: str | None, consumer_app_version: str | None) -> str | None:
    if version is not None and consumer_app_version is not None and version != consumer_app_version:
        raise UsageError(
            f"Two versions are given: {version!r} by --version and {consumer_app_version!r} by -a. As in the official "
            "client, -a is the version; name the consumer with --pacticipant."
        )
    return version if version is not None else consumer_app_version


def _print(printer: Printer, published: PublishedPacts, tags: list[str]) -> None:
    if printer.form == "text":
        for url in published.pact_urls:
            printer.reporter.say(f"  {url}")
        return
    urls = published.pact_urls if len(published.pact_urls) == len(published.contracts) else ()
    pacts = [
        {"consumer": each.consumer, "provider": each.provider, "url": urls[index] if urls else None}
        for index, each in enumerate(published.contracts)
    ]
    if printer.form == "table":
        printer.records(pacts, columns=("consumer", "provider", "url"), none="Nothing was published.")
        return
    printer.record(
        {
            "version": published.version,
            "branch": published.branch,
            "tags": tags,
            "pacts": pacts,
            "notices": [{"type": each.type, "text": each.text} for each in published.notices],
        }
    )
