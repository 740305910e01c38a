import pytest

from contracts.ci import results
from contracts.ci.gate import Decision
from contracts.ci.publish import Contract, PublishedPacts
from contracts.client.questions import Question, VersionChoice
from contracts.verification.verify import Interaction, Report


CONTRACT = Contract(consumer="web", provider="api", content=b"{}")


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("version " + "0123456789" * 4, "version 01234567"),
        ("files-" + "0123456789" * 4, "files-01234567"),
        ("f" * 64 + "+0a1b2c3d4e5f of api", "ffffffff+0a1b2c3d4e5f of api"),
        ("deadbeef, 1.2.3 and " + "f" * 41, "deadbeef, 1.2.3 and " + "f" * 41),
    ],
)
def test_hashes_are_shortened_to_eight_digits(text, shorter):
    """Hashes are shortened to eight digits; nothing else changes."""
    assert results.short(text) == shorter


def test_a_result_is_one_output_of_a_step(tmp_path):
    """Any words are one output, and add no other."""
    results.write(tmp_path / "output", "no: a\nrelevant=false", passed=False)
    results.write(tmp_path / "output", "yes", passed=True)

    assert (tmp_path / "output").read_text() == "reason=no: a relevant=false\nresult=yes\n"


@pytest.mark.parametrize(("count", "result"), [(1, "published pact of 1f3a"), (2, "published 2 pacts of 1f3a")])
def test_the_result_of_publishing_counts_the_contracts(count, result):
    published = PublishedPacts(version="1f3a", branch="main", contracts=(CONTRACT,) * count, notices=(), pact_urls=())
    assert results.of_publishing(published) == result


@pytest.mark.parametrize(
    ("deployable", "reasons", "result"),
    [
        (True, ("all is well",), "yes: web 1f3a can go to production"),
        (False, ("Result 3 is a failure: api breaks the contract", "so"), "no: api breaks the contract"),
        (None, ("a result is missing",), "unknown: a result is missing"),
        (False, (), "no: web 1f3a to production"),
    ],
)
def test_the_result_of_the_gate_names_the_first_reason(deployable, reasons, result):
    """A yes names the version and the environment; any other answer its first reason."""
    verdict = Decision(
        question=Question(versions=(VersionChoice(pacticipant="web", version="1f3a"),), environment="production"),
        deployable=deployable,
        rows=(),
        notices=(),
        remarks=reasons,
        waited_seconds=0,
    )
    assert results.of_asking(verdict) == result


def interaction(*, success=True, consumer="web"):
    return Interaction(
        consumer=consumer, description="one", states=(), success=success, pending=not success, problems=()
    )


@pytest.mark.parametrize(
    ("interactions", "reasons", "result"),
    [
        ((), (), "nothing to verify yet"),
        ((interaction(),), (), "1 interaction with web verified"),
        ((interaction(), interaction(consumer="till")), (), "2 interactions with web, till verified"),
        (
            (interaction(), interaction(success=False)),
            (),
            "1 interaction with web verified; 1 pending fails, which blocks nobody",
        ),
        (
            (interaction(success=False),),
            (),
            (
                "nothing that counts was verified: 1 interaction of pending pacts failed, and pending pacts do not "
                "fail the build"
            ),
        ),
        ((interaction(),), ("web: one: failed",), "web: one: failed"),
        ((interaction(),), ("web: one: failed", "b", "c"), "web: one: failed (and 2 more)"),
    ],
)
def test_the_result_of_verifying_counts_interactions_or_names_the_reason(interactions, reasons, result):
    """The result names the number of interactions and the consumers, or the first reason."""
    report = Report(provider="api", version="9", branch=None, interactions=interactions, published=True, notes=())
    assert results.of_verifying(report, reasons) == result
