"""All checks of `contracts doctor`, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from contracts.ci import projects
from contracts.ci.projects import ProjectError
from contracts.client import ClientError
from contracts.doctor import brokers, builds, declarations, libraries, objects, pact_checks, workflows
from contracts.doctor.findings import Finding, problem
from contracts.doctor.surroundings import Surroundings


def examine(directory: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is right and wrong in *directory*, with the broker that *environ* names.

    Reads only, but for one request that a broker calls invalid (see `brokers`). A check that cannot be made because of
    an earlier problem is left out.
    """
    project = None
    try:
        project = projects.find(directory)
    except ProjectError as error:
        yield problem("declaration", str(error), "Correct it; `contracts init` writes a valid declaration.")
        surroundings = Surroundings(directory=directory, environ=environ)
    else:
        surroundings = Surroundings(directory=directory, environ=environ, project=project)
        yield from declarations.check(surroundings)
    yield from builds.check(surroundings)
    yield from workflows.check(surroundings)
    yield from libraries.check(surroundings)
    yield from pact_checks.check(surroundings)
    with brokers.connected(surroundings) as (broker, findings):
        yield from findings
        if broker is None:
            return
        try:
            yield from objects.check(surroundings, broker)
        except ClientError as error:
            yield problem("broker", str(error), "See the message of the broker.")
