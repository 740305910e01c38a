"""Consumer version selectors by their names in Pact's documentation."""

from __future__ import annotations

from contracts.model.criteria import InEnvironment, OnBranch, OnMainBranch, Tagged
from contracts.model.selectors import ConsumerVersionSelector


def main_branch(**more):
    return ConsumerVersionSelector(criterion=OnMainBranch(), latest=True, **more)


def branch(name, **more):
    return ConsumerVersionSelector(criterion=OnBranch(branch=name), latest=True, **more)


def all_branches(**more):
    return ConsumerVersionSelector(criterion=OnBranch(), latest=True, **more)


def latest_tag(tag, **more):
    return ConsumerVersionSelector(criterion=Tagged(tag=tag), latest=True, **more)


def all_tagged(tag, **more):
    return ConsumerVersionSelector(criterion=Tagged(tag=tag), **more)


def latest(**more):
    return ConsumerVersionSelector(latest=True, **more)


def in_environment(environment=None, *, presence=None, **more):
    return ConsumerVersionSelector(criterion=InEnvironment(environment=environment, presence=presence), **more)
