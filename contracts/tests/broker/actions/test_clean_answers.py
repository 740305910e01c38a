"""What cleaning must not change: the answers about what was kept, for any estate, on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import databases
import pytest
from consumer_selectors import all_branches, in_environment, latest, latest_tag, main_branch
from estates import Estate
from examples import examples
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contracts.broker.actions import clean, decide
from contracts.broker.actions.select import pacts_for_verification
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, tables
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, Tagged
from contracts.model.kept_selectors import KEPT_VERSIONS, KeptVersions
from contracts.model.matrix import Scope, Selector, VersionFilter
from contracts.model.metadata import Metadata
from contracts.model.pending import ProviderRef
from contracts.model.verifiable import VerificationQuestion


pytestmark = pytest.mark.parametrize("database", databases.ALL, indirect=True)

PAIRS = (("Till", "Ledger"), ("Till", "Stock"), ("Ledger", "Stock"), ("Stock", "Stock"))
BRANCHES, TAGS = ("main", "feat"), ("prod", "dev")


def history(random):
    """Thirty steps of an estate: few contracts, many builds, as most of history is.

    Even chances leave more to remove than the examples that Hypothesis prefers, which are small.
    """
    yield "publish", PAIRS[0], "1", "a", "main", ()
    for _ in range(30):
        pair = random.choice((*PAIRS[:1] * 5, *PAIRS))
        version = random.choice(("main", "main", "feat", None)), random.choice(((), (), (), ("prod",), ("dev",)))
        match random.choices(("build", "publish", "deploy", "release", "wait"), (20, 4, 1, 1, 4))[0]:
            case "build":
                result = random.random() < 0.5, random.random() < 0.2, random.randint(0, 40)
                yield "build", pair, random.choice("12"), str(random.randint(1, 9)), *version, *result
            case "publish":
                yield "publish", pair, random.choice("12"), random.choice("ab"), *version
            case "wait":
                yield "wait", random.randint(0, 40)
            case verb:
                yield verb, random.choice(pair), str(random.randint(1, 9))


STEPS = st.integers().map(lambda seed: list(history(Random(seed))))  # noqa: S311, no secrets
SELECTORS = st.sampled_from(
    [
        (),
        KEPT_VERSIONS,
        (KeptVersions(criterion=Tagged(), latest=True),),
        (KeptVersions(max_age=30),),
        (
            KeptVersions(criterion=OnBranch(branch="main"), max_age=60),
            KeptVersions(criterion=InEnvironment(presence="deployed")),
        ),
    ]
)
property_of = settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def filled(database, clock, steps):
    """A broker over an estate, empty before, that *steps* made, as far as they are possible."""
    with database.writing() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(table.delete())
    lenient = Settings(
        allow_dangerous_contract_modification=True, check_for_potential_duplicate_pacticipant_names=False
    )
    broker = Runtime(settings=lenient, database=database, now=clock)
    estate = Estate(broker)
    estate.environment("live")
    published, known_versions = set(), set()
    for step in steps:
        clock.forward(seconds=1)
        match step:
            case "publish", (consumer, provider), number, content, branch, tags:
                estate.publish(consumer, number, content, branch=branch, tags=tags, provider=provider)
                published.add((consumer, provider, number))
                known_versions.add((consumer, number))
            case "build", (consumer, provider), number, by, branch, tags, *result if (
                consumer,
                provider,
                number,
            ) in published:
                success, wip, age = result
                estate.version(provider, by, branch=branch, tags=tags)
                estate.verify(
                    consumer,
                    number,
                    by=by,
                    success=success,
                    provider=provider,
                    metadata=Metadata(wip=wip),
                    executed_at=clock() - timedelta(days=age),
                )
                known_versions.add((provider, by))
            case ("deploy" | "release") as verb, name, number if (name, number) in known_versions:
                getattr(estate, verb)(name, number, "live")
            case "wait", days:
                clock.forward(days=days)
    clock.forward(days=1)
    return broker


def cleaner(broker, **changed):
    return replace(broker, settings=replace(broker.settings, **changed))


def can_i_deploy_answers(broker, gone):
    """What can-i-deploy says about each version but those that are *gone*, to where nothing goes from."""
    to = {
        "live": decide.to_environment("live"),
        "main": decide.to_main_branch(),
        "latest": Scope(version_filter=VersionFilter(latest=True)),
    }
    query = select(tables.versions.c.id, tables.pacticipants.c.name, tables.versions.c.number).join(tables.pacticipants)
    heads = select(tables.tag_heads.c.name, tables.tag_heads.c.version_id)
    with broker.database.reading() as connection:
        moved = {row.name for row in connection.execute(heads) if row.version_id in gone}
        to |= {tag: decide.to_tag(tag) for tag in TAGS if tag not in moved}
        answers = {}
        for row in connection.execute(query).all():
            if row.id in gone:
                continue
            selector = Selector(
                pacticipant=row.name, version_filter=VersionFilter(criteria=(Numbered(number=row.number),))
            )
            for name, scope in to.items():
                verdict = decide.can_i_deploy(connection, selector, scope).verdict
                answers[row.name, row.number, name] = (verdict.deployable, verdict.reason)
        return answers


def pacts_to_verify(broker):
    """What each provider is to verify, as whichever version it comes."""
    providers = [
        *(ProviderRef(branch=branch) for branch in (*BRANCHES, "new")),
        *(ProviderRef(tags=tags) for tags in (TAGS[:1], TAGS, ("new",))),
        ProviderRef(),
    ]
    selectors = (all_branches(), main_branch(), latest(), in_environment(), *(latest_tag(tag) for tag in TAGS))
    answers, wip_since = {}, broker.now() - timedelta(days=900)
    with broker.database.reading() as connection:
        for name in sorted({provider for _, provider in PAIRS}):
            if (application := pacticipants.by_names(connection, {name}).get(name)) is None:
                continue
            for provider in providers:
                for chosen in (selectors, (in_environment(),)):
                    question = VerificationQuestion(provider=provider, selectors=chosen, wip_since=wip_since)
                    answers[name, provider, len(chosen)] = [
                        (each.item.pact.id, each.item.pact.sha, each.pending, each.wip)
                        for each in pacts_for_verification(broker, connection, application.id, question)
                    ]
    return answers


@pytest.mark.thorough
@property_of
@given(steps=STEPS, selectors=SELECTORS, limit=st.sampled_from([2, 1000]))
def test_can_i_deploy_gives_the_same_responses_about_kept_versions(database, clock, steps, selectors, limit):
    broker = filled(database, clock, steps)
    cleaning = cleaner(
        broker,
        database_clean_keep_version_selectors=selectors,
        database_clean_deletion_limit=limit,
        database_clean_overwritten_data_max_age=0,
    )
    planned = clean.plan(cleaning)
    before = can_i_deploy_answers(broker, planned.version_ids)
    clean.carry_out(cleaning, planned)
    after = can_i_deploy_answers(broker, ())
    assert {key: after.get(key) for key in before} == before


@pytest.mark.thorough
@property_of
@given(steps=STEPS, selectors=SELECTORS)
def test_pacts_for_verification_and_their_pending_status_stay(database, clock, steps, selectors):
    broker = filled(database, clock, steps)
    cleaning = cleaner(
        broker,
        database_clean_keep_version_selectors=(*selectors, KeptVersions(criterion=Tagged(), latest=True)),
        database_clean_keep_branch_selectors=(),
        database_clean_overwritten_data_max_age=0,
    )
    before = pacts_to_verify(broker)
    planned = clean.plan(cleaning)
    note(planned)
    clean.carry_out(cleaning, planned)
    assert pacts_to_verify(broker) == before


@property_of
@given(steps=STEPS, selectors=SELECTORS)
def test_a_dry_run_equals_a_real_run_and_a_second_run_changes_nothing(database, clock, steps, selectors):
    broker = filled(database, clock, steps)
    cleaning = cleaner(
        broker,
        database_clean_keep_version_selectors=selectors,
        database_clean_deletion_limit=1000,
        database_clean_overwritten_data_max_age=10,
    )
    planned = clean.plan(cleaning)
    assert clean.carry_out(cleaning, planned) == planned.counts
    again = clean.plan(cleaning)
    assert not any(again.counts.values()), again
    assert [(each.pacticipant, each.count) for each in again.shares] == [
        (each.pacticipant, each.count) for each in planned.shares if each.reason is not None
    ]
