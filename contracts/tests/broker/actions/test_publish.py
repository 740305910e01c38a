"""Publishing contracts."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count

import databases
import pytest
from estates import statements
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from contracts.broker.actions import publish
from contracts.broker.store import branches, pacticipants, pacts, tags, versions
from contracts.broker.store.tables import pact_versions
from contracts.broker.store.tables import pacticipants as pacticipants_table
from contracts.model import contents
from contracts.model.errors import Conflict, PotentialDuplicate, PublishConflict
from contracts.model.modifications import Modified
from contracts.model.publications import Contract, Publication, PublicationOutcome


def contract(*descriptions, provider="Ledger", on_conflict="overwrite", path="/", **more):
    interactions = [{"description": each, "request": {"path": path}} for each in descriptions]
    document = {"interactions": interactions} | more
    return Contract(provider=provider, text=json.dumps(document), document=document, on_conflict=on_conflict)


def send(broker, *contracts, number="1", consumer="Till", **more):
    publication = Publication(consumer=consumer, version=number, contracts=contracts, **more)
    with broker.database.writing() as connection:
        return publish.publish(broker, connection, publication, base_url="http://broker")


def put(broker, sent, number="1"):
    with broker.database.writing() as connection:
        return publish.put(broker, connection, "Till", number, sent, base_url="http://broker")


def stored(broker, number="1", provider="Ledger"):
    with broker.database.reading() as connection:
        pact = pacts.find(connection, provider, "Till", number)
        return [
            each["description"] for each in json.loads(pacts.content(connection, pact.pact_version_id))["interactions"]
        ]


@pytest.fixture
def lenient(broker):
    """A broker that lets contents be modified."""
    broker.settings = replace(broker.settings, allow_dangerous_contract_modification=True)
    return broker


def test_a_publication_makes_everything_that_it_names(broker):
    published = send(
        broker, contract("a"), contract("b", provider="Stock"), branch="main", tags=("dev",), build_url="http://ci/1"
    )
    assert published.created
    assert [(each.pact.provider.name, each.outcome) for each in published.contracts] == [
        ("Ledger", PublicationOutcome.CREATED),
        ("Stock", PublicationOutcome.CREATED),
    ]
    with broker.database.reading() as connection:
        till = pacticipants.find(connection, "Till")
        version = versions.find(connection, till.id, "1")
        assert (till.main_branch, version.build_url) == ("main", "http://ci/1")
        assert branches.find(connection, till.id, "main").head_version_id == version.id
        assert tags.names(connection, version.id) == ["dev"]


def test_the_same_again_changes_nothing(broker):
    first = send(broker, contract("a", "b"))
    again = send(broker, contract("b", "a", note="not compared"))
    assert not again.created
    assert again.contracts[0].outcome is PublicationOutcome.UNCHANGED
    assert again.contracts[0].pact == first.contracts[0].pact
    assert (again.contracts[0].change.changed, again.contracts[0].change.comment) == (False, "")


def test_a_build_url_is_overwritten_only_when_one_is_given(broker):
    send(broker, contract("a"), build_url="http://ci/1")
    assert send(broker, contract("a")).version.build_url == "http://ci/1"
    assert send(broker, contract("a"), build_url="http://ci/2").version.build_url == "http://ci/2"


@pytest.mark.parametrize("on_conflict", ["overwrite", "merge"])
def test_another_content_of_the_same_version_is_refused_and_nothing_is_published(broker, on_conflict):
    send(broker, contract("a"))
    with pytest.raises(Modified, match="Version 1 has published another contract with Ledger") as refused:
        send(broker, contract("s", provider="Stock"), contract("b", on_conflict=on_conflict), branch="other")
    notices = refused.value.explained().notices
    assert [each.type for each in notices] == ["error", "info"]
    assert '+      "description": "b"' in notices[1].text
    with broker.database.reading() as connection:
        assert pacticipants.names(connection) == ["Ledger", "Till"]
        assert branches.get(connection, pacticipants.find(connection, "Till").id, "other") is None


def test_if_contents_may_change_a_different_one_is_a_revision(lenient):
    send(lenient, contract("a"))
    revised = send(lenient, contract("b")).contracts[0]
    assert (revised.outcome, revised.pact.revision_number, revised.change.changed) == (
        PublicationOutcome.OVERWRITTEN,
        2,
        True,
    )
    assert stored(lenient) == ["b"]


def test_if_contents_may_change_contracts_are_merged(lenient):
    send(lenient, contract("a"))
    merged = send(lenient, contract("b", on_conflict="merge")).contracts[0]
    assert (merged.outcome, merged.change.changed) == (PublicationOutcome.MERGED, True)
    assert stored(lenient) == ["a", "b"]


def test_a_merge_that_contradicts_is_refused(lenient):
    send(lenient, contract("a"))
    with pytest.raises(PublishConflict, match="'a' exists with another request"):
        send(lenient, contract("a", path="/other", on_conflict="merge"))


def test_two_contracts_with_one_provider_follow_one_another(broker):
    with pytest.raises(Modified):
        send(broker, contract("a"), contract("b"))
    twice = send(broker, contract("a"), contract("s", provider="Stock"), contract("a"))
    assert [(each.pact.provider.name, each.outcome) for each in twice.contracts] == [
        ("Ledger", PublicationOutcome.CREATED),
        ("Stock", PublicationOutcome.CREATED),
        ("Ledger", PublicationOutcome.UNCHANGED),
    ]


def test_every_new_name_that_looks_like_an_old_one_is_refused(broker):
    send(broker, contract("a", provider="Order Service"), consumer="Till")
    with pytest.raises(PublishConflict) as refused:
        send(broker, contract("a", provider="orders"), consumer="tills")
    assert len(refused.value.errors) == 2
    assert "'orders' is new, and looks like 'Order Service'" in refused.value.errors[0]


def test_put_refuses_another_content(broker):
    assert put(broker, contract("a")).outcome is PublicationOutcome.CREATED
    with pytest.raises(Conflict, match="publish this one under a new version number"):
        put(broker, contract("b"))


def test_put_refuses_a_name_that_looks_like_an_old_one(broker):
    put(broker, contract("a"))
    with pytest.raises(PotentialDuplicate, match="'ledger' is new"):
        put(broker, contract("a", provider="ledger"))
    with broker.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(pacticipants_table)) == 2


def test_put_merges_without_asking_the_settings(broker):
    put(broker, contract("a"))
    merged = put(broker, contract("b", on_conflict="merge"))
    assert (merged.outcome, merged.pact.revision_number) == (PublicationOutcome.MERGED, 2)
    assert put(broker, contract("b", on_conflict="merge")).pact == merged.pact
    assert stored(broker) == ["a", "b"]


def test_a_merged_content_is_not_taken_for_one_that_bears_its_sha(broker):
    """A merge bears the sha of what was merged into it, as in the reference broker; nothing may get lost by that."""
    put(broker, contract("a"), "1")
    merged = put(broker, contract("b", on_conflict="merge"), "1")
    assert merged.pact.sha == contents.sha(contract("b").document)
    plain = put(broker, contract("b"), "2")
    assert plain.pact.sha != merged.pact.sha
    assert (stored(broker, "1"), stored(broker, "2")) == (["a", "b"], ["b"])
    assert put(broker, contract("b"), "3").pact.pact_version_id == plain.pact.pact_version_id


def test_versions_that_merge_the_same_share_it(broker):
    for number in "12":
        put(broker, contract("a"), number)
    merged = [put(broker, contract("b", on_conflict="merge"), number).pact.pact_version_id for number in "12"]
    assert merged[0] == merged[1]


def test_a_merge_that_lists_as_much_as_its_part_does_not_bear_its_sha(broker):
    """Of two interactions with one name the second replaces the first: the merge has two, and so has what was sent."""
    sent = contract("b", "b")
    sent.document["interactions"][1]["response"] = {"status": 201}
    sent = replace(sent, text=json.dumps(sent.document), on_conflict="merge")
    put(broker, contract("a"), "1")
    assert put(broker, sent, "1").pact.sha != contents.sha(sent.document)
    assert put(broker, replace(sent, on_conflict="overwrite"), "2").pact.sha == contents.sha(sent.document)
    assert (stored(broker, "1"), stored(broker, "2")) == (["a", "b"], ["b", "b"])


def test_a_merge_does_not_affect_other_versions(broker):
    for number, first in (("1", "a"), ("2", "c")):
        put(broker, contract(first), number)
        put(broker, contract("b", on_conflict="merge"), number)
    assert (stored(broker, "1"), stored(broker, "2")) == (["a", "b"], ["c", "b"])


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("broker", databases.SQLITES, indirect=True)
def test_the_stored_contract_is_the_merge_of_the_sent_ones(broker, strict):
    """Whatever other versions published and merged before."""
    if strict:
        broker.settings = replace(
            broker.settings, base_equality_only_on_content_that_affects_verification_results=False
        )
    rounds = count()

    @given(st.lists(st.tuples(st.sampled_from("12"), st.sets(st.sampled_from("abc"), min_size=1)), min_size=2))
    @settings(max_examples=25, deadline=None)
    def holds(sent):
        number_of = {each: f"{each}.{next(rounds)}" for each in "12"}  # versions of their own, a history in common
        expected = {}
        for each, names in sent:
            put(broker, contract(*sorted(names), on_conflict="merge"), number_of[each])
            expected.setdefault(each, {}).update(dict.fromkeys(sorted(names)))
        interactions = {each: sorted(stored(broker, number_of[each])) for each in expected}
        assert interactions == {each: sorted(names) for each, names in expected.items()}

    holds()


def test_a_merge_survives_if_the_incoming_content_exists_already(broker):
    put(broker, contract("a"), "1")
    put(broker, contract("b"), "2")
    put(broker, contract("a", on_conflict="merge"), "2")
    assert (stored(broker, "1"), stored(broker, "2")) == (["a"], ["b", "a"])


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (("a", ("dev",)), ("a", ("dev",)), False),
        (("a", ("dev",)), ("b", ("dev",)), True),
        (("a", ("dev",)), ("a", ("prod",)), True),
        (("a", ("dev",)), ("a", ("dev", "prod")), True),
        (("a", ()), ("a", ()), False),
        (("a", ("dev",)), ("a", ()), True),
    ],
)
def test_whether_a_content_is_new_is_judged_tag_by_tag(broker, before, after, changed):
    send(broker, contract(before[0]), tags=before[1])
    assert send(broker, contract(after[0]), number="2", tags=after[1]).contracts[0].change.changed is changed


def test_a_published_text_keeps_its_spelling(broker):
    text = '{"interactions": [{"n": 1.0, "e": 1e3}], "x": 1.10}'
    pact = put(broker, Contract(provider="Ledger", text=text, document=json.loads(text))).pact
    with broker.database.reading() as connection:
        assert pacts.content(connection, pact.pact_version_id).endswith('"n": 1.0, "e": 1e3}],"x":1.10}')


def test_publishing_more_contracts_takes_no_more_look_ups(broker):
    def executed_for(number, *contracts):
        with statements(broker.database) as executed:
            send(broker, *contracts, number=number, branch="main")
        return [each for each in executed if "webhook" not in each]

    providers = ["Ledger", "Stock", "Mail", "Clock"]
    send(broker, *(contract("a", provider=each) for each in providers), branch="main")
    one = executed_for("2", contract("b"))
    four = executed_for("3", *(contract("c", provider=each) for each in providers))
    assert len(four) == len(one)


def test_contents_are_stored_once(broker):
    for number in "123":
        send(broker, contract("a"), number=number)
    with broker.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(pact_versions)) == 1


def test_if_every_difference_counts_another_spelling_is_another_content(broker):
    send(broker, contract("a", "b"))
    assert send(broker, contract("b", "a")).contracts[0].outcome is PublicationOutcome.UNCHANGED
    settings = replace(broker.settings, base_equality_only_on_content_that_affects_verification_results=False)
    strict = replace(broker, settings=settings)
    send(strict, contract("a", "b"), number="2")
    assert send(strict, contract("a", "b"), number="2").contracts[0].outcome is PublicationOutcome.UNCHANGED
    with pytest.raises(Modified):
        send(strict, contract("b", "a"), number="2")


def test_a_content_with_a_former_identity_is_recognised(broker):
    document = {"interactions": [{"description": "a", "n": 1e-5}]}
    sent = Contract(provider="Ledger", text=json.dumps(document), document=document)
    pact = send(broker, sent).contracts[0].pact
    (former,) = contents.former_shas(document)
    with broker.database.writing() as connection:
        connection.execute(update(pact_versions).values(sha=former))

    again = send(broker, sent).contracts[0]
    other_version = send(broker, sent, number="2").contracts[0]

    assert again.outcome is PublicationOutcome.UNCHANGED
    assert {again.pact.sha, other_version.pact.sha} == {former}
    assert {again.pact.pact_version_id, other_version.pact.pact_version_id} == {pact.pact_version_id}
    assert not other_version.change.changed


def test_former_identities_are_looked_for_in_the_same_statement(broker):
    def counted(number, value):
        document = {"interactions": [{"description": "a", "n": value}]}
        sent = Contract(provider="Ledger", text=json.dumps(document), document=document)
        with statements(broker.database) as executed:
            send(broker, sent, number=number)
        return len(executed)

    counted("1", 1)
    assert counted("2", 2) == counted("3", 1e-5)
