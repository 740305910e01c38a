"""can-i-deploy: only the broker's explicit yes is a yes, and the gate waits only while a result may arrive."""

from __future__ import annotations

import threading

import pytest
from fake_broker import Answer, FakeBroker
from hypothesis import given
from hypothesis import strategies as st

from contracts.ci import gate_waits
from contracts.ci.fact_reader import MAX_FACTS
from contracts.ci.gate import can_i_deploy, seconds_to_wait, waits_for_any
from contracts.client import Broker, ClientError, Invalid, Refused, UnexpectedAnswer, Unreachable, UsageError
from contracts.model.cause_classes import CauseClass


QUESTION = "/can-i-deploy?pacticipant=web&version=1f3a&environment=production"


class World:
    """A fake broker, and a clock that moves only when the gate sleeps."""

    def __init__(self, fake):
        self.fake = fake.with_index()
        self.now = 100.0
        self.slept = []
        self.waits = []
        href = f"{fake.base_url}/environments/u1"
        document = {
            "uuid": "u1",
            "name": "production",
            "production": True,
            "_links": {
                "pb:currently-deployed-deployed-versions": {"href": f"{href}/deployed"},
                "pb:currently-supported-released-versions": {"href": f"{href}/released"},
            },
        }
        listed = {"_links": {"pb:environments": [{"name": "production", "href": href}]}}
        fake.on("GET", "/environments", Answer(document=listed)).on(
            "GET", "/environments/u1", Answer(document=document)
        )
        self.all_in_place(("api", "9"), ("web", "old"))

    def in_place(self, provider, *, deployed=(), released=()):
        for kind, versions, key in (
            ("deployed", deployed, "currentlyDeployed"),
            ("released", released, "currentlySupported"),
        ):
            items = [
                {
                    "uuid": version,
                    key: True,
                    "_embedded": {"pacticipant": {"name": provider}, "version": {"number": version}},
                    "_links": {"self": {"href": "/x"}},
                }
                for version in versions
            ]
            path = f"/environments/u1/{kind}?pacticipant={provider}"
            self.fake.on("GET", path, Answer(document={"_embedded": {f"{kind}Versions": items}}))

    def all_in_place(self, *deployed, released=()):
        """Set the versions in the environment, by application."""
        for kind, versions, key in (
            ("deployed", deployed, "currentlyDeployed"),
            ("released", released, "currentlySupported"),
        ):
            items = [
                {
                    "uuid": version,
                    key: True,
                    "_embedded": {"pacticipant": {"name": name}, "version": {"number": version}},
                    "_links": {"self": {"href": "/x"}},
                }
                for name, version in versions
            ]
            document = {"_embedded": {f"{kind}Versions": items}}
            self.fake.on("GET", f"/environments/u1/{kind}", Answer(document=document))

    def answers(self, *answers):
        self.fake.on("GET", QUESTION, *answers)

    def question_count(self):
        return self.fake.request_lines().count(f"GET {QUESTION}")

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def ask(self, **options):
        options = {
            "pacticipant": "web",
            "version": "1f3a",
            "environment": "production",
            "wait_seconds": 10,
            "poll_seconds": 3,
            "on_wait": self.waits.append,
            **options,
        }
        with Broker(self.fake.base_url) as broker:
            return can_i_deploy(broker, clock=lambda: self.now, sleep=self.sleep, **options)


@pytest.fixture
def world():
    with FakeBroker() as fake:
        yield World(fake)


def row(success=None, *, consumer="web", provider="api", ignored=False):
    document = {
        "consumer": {"name": consumer, "version": {"number": "1f3a"}},
        "provider": {"name": provider, "version": None if success is None else {"number": "9"}},
        "pact": None,
        "verificationResult": None if success is None else {"success": success},
    }
    return document | ({"ignored": True} if ignored else {})


def matrix(deployable, *rows, notices=("because",), **summary):
    return Answer(
        document={
            "summary": {"deployable": deployable, "reason": "in short", **summary},
            "notices": [{"type": "error", "text": text} for text in notices],
            "matrix": list(rows),
        }
    )


@pytest.mark.parametrize(
    ("content", "settled"),
    [
        ({"interactions": []}, True),
        ({}, True),
        ({"interactions": [{}]}, False),
        ({"messages": [{}]}, False),
        (None, False),
    ],
)
def test_a_pact_without_interactions_is_not_waited_for(world, content, settled):
    """No provider verifies it: the reason says so, and what to do. An unreadable pact may have interactions."""
    world.in_place("api", deployed=["9"])
    names = {"consumer": {"name": "web"}, "provider": {"name": "api"}}
    links = {"_links": {"pb:consumer-version": {"href": "/v", "name": "1f3a"}}}
    world.fake.on("GET", "/pacts/1", Answer(404) if content is None else Answer(document=names | content | links))
    world.answers(matrix(None, row() | {"pact": {"_links": {"self": {"href": "/pacts/1"}}}}))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status, world.slept == []) == (None, 3, settled)
    assert (verdict.causes[0].kind is CauseClass.EMPTY_PACT) is settled
    assert world.fake.request_lines().count("GET /pacts/1") == 2  # once to decide, once to explain


def test_a_deployable_version_passes_the_gate(world):
    world.answers(matrix(True, row(True)))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status, verdict.reasons) == (True, 0, ("because",))
    assert [(each.consumer, each.provider, each.success) for each in verdict.rows] == [("web", "api", True)]
    assert world.slept == []


@pytest.mark.parametrize("place", [{"released": [("api", "10")]}, {}], ids=["released", "deployed"])
def test_a_yes_without_a_result_of_each_provider_version_is_unknown(world, place):
    """Brokers say yes as soon as one of several versions has verified the pact."""
    world.in_place("api", deployed=["9", "10"])
    world.all_in_place(("api", "9"), *([] if place else [("api", "10")]), **place)
    world.answers(matrix(True, row(True), row(True, provider="stock")))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status, verdict.waited_seconds) == (None, 3, 10)
    assert "Version 10 of api has no result for the pact" in verdict.reasons[1]
    assert {each.provider_version for wait in world.waits for each in wait.missing} == {"10"}


def test_a_yes_is_checked_with_a_fixed_number_of_requests(world):
    def request_count(*providers):
        before = len(world.fake.request_lines())
        world.all_in_place(*((each, "9") for each in providers))
        world.answers(matrix(True, *(row(True, provider=each) for each in providers)))
        assert world.ask().deployable is True
        return len(world.fake.request_lines()) - before

    assert request_count("api") == request_count("api", "stock", "mail", "clock")


def test_a_yes_that_cannot_be_checked_is_an_error(world):
    world.fake.on("GET", "/environments/u1/released", Answer(403))
    world.answers(matrix(True, row(True)))
    with pytest.raises(ClientError):
        world.ask()


def test_no_is_not_waited_for(world):
    """Also for a version that does not exist: the broker says no to it."""
    world.answers(matrix(False))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status) == (False, 1)
    assert world.slept == []


def test_without_notices_the_summary_is_the_reason(world):
    world.answers(matrix(False, notices=()))
    assert world.ask().remarks == ("in short",)
    world.answers(matrix(False, notices=(), reason=None))
    assert world.ask().remarks == ()


def test_a_fact_that_cannot_be_read_changes_no_answer_and_hides_no_reason(world):
    """Not even if the broker fails once the answer is final."""
    for facts_fail in (Answer(403), Answer(404), Answer(500), None):
        for path in ("/environments/u1/deployed", "/environments/u1/released"):
            world.fake.on("GET", path, facts_fail)
        world.answers(matrix(False, row(False)))
        verdict = world.ask()
        assert (verdict.deployable, verdict.exit_status, verdict.remarks) == (False, 1, ("because",))
        assert [each.kind for each in verdict.causes] == [CauseClass.FAILED]


def test_a_yes_reads_no_facts_and_a_no_reads_a_bounded_number(world):
    def request_count(deployable, count):
        before = len(world.fake.request_lines())
        world.all_in_place(*((f"p{each}", "9") for each in range(count)))
        pacts = [{"pact": {"_links": {"self": {"href": f"/pacts/{each}"}}}} for each in range(count)]
        rows = [row(deployable, provider=f"p{each}") | pact for each, pact in enumerate(pacts)]
        world.answers(matrix(deployable, *rows))
        assert len(world.ask().causes) == (0 if deployable else count)
        return len(world.fake.request_lines()) - before

    assert request_count(True, 3) == request_count(True, 70)
    assert request_count(False, 70) <= 5 * MAX_FACTS


@pytest.mark.parametrize("deployable", ["true", 1, "yes", {}, [True]])
def test_only_the_json_value_true_is_a_yes(world, deployable):
    world.answers(matrix(deployable, row(True)))
    with pytest.raises(UnexpectedAnswer, match="'deployable' is not true or false"):
        world.ask()


@pytest.mark.parametrize("document", [{}, {"summary": {}, "matrix": []}, {"summary": {"deployable": True}}])
def test_an_incomplete_answer_is_an_error(world, document):
    world.answers(Answer(document=document))
    with pytest.raises(UnexpectedAnswer):
        world.ask()


@given(
    deployable=st.none() | st.booleans() | st.text() | st.integers() | st.floats(allow_nan=False),
    rows=st.integers(0, 3),
)
def test_the_exit_status_is_0_only_for_true(deployable, rows):
    with FakeBroker() as fake:
        world = World(fake)
        world.in_place("api", deployed=["9"])
        world.answers(matrix(deployable, *[row(True)] * rows))
        try:
            status = world.ask(wait_seconds=0).exit_status
        except UnexpectedAnswer:
            status = 4
    assert (status == 0) is (deployable is True)


def test_a_result_that_arrives_is_waited_for(world):
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row()), matrix(None, row()), matrix(True, row(True)))
    verdict = world.ask()
    assert (verdict.deployable, verdict.waited_seconds) == (True, 6)
    assert world.slept == [3, 3]
    assert [(wait.waited_seconds, wait.remaining_seconds, wait.missing[0].provider) for wait in world.waits] == [
        (0, 10, "api"),
        (3, 7, "api"),
    ]


def test_waiting_ends_after_wait_seconds(world):
    world.in_place("api", released=["9"])
    world.answers(matrix(None, row()))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status, verdict.waited_seconds) == (None, 3, 10)
    assert world.slept == [3, 3, 3, 1]
    assert "Version 9 of api has no result for the pact" in verdict.reasons[1]
    assert verdict.reasons[-1] == "The answer was still unknown after 10 seconds."


class WaitingBroker:
    """Makes the broker of a world one that waits; each of its answers takes some seconds, and has a verdict."""

    def __init__(self, world, *answers):
        self.world, self.answers, self.seconds = world, list(answers), []
        world.fake.with_index(**{"pb:can-i-deploy-waiting": "/can-i-deploy?wait={seconds}"})
        for seconds in range(121):
            world.fake.on("GET", f"{QUESTION}&wait={seconds}", self.answer)

    def answer(self, received):
        self.seconds.append(int(received.path.rpartition("=")[2]))
        takes_seconds, answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.world.now += min(takes_seconds, self.seconds[-1])
        return answer


EXPECTED = matrix(None, row(), resultsExpected=True)
LATE = 1000


def test_a_broker_that_waits_is_asked_once_for_each_step_of_the_wait(world):
    world.in_place("api", deployed=["9"])
    broker = WaitingBroker(world, (LATE, EXPECTED), (LATE, EXPECTED), (LATE, EXPECTED), (7, matrix(True, row(True))))
    verdict = world.ask(wait_seconds=120)
    assert (verdict.deployable, verdict.waited_seconds) == (True, 107)
    assert broker.seconds == [0, 50, 50, 20]
    assert world.slept == []


def test_the_wait_at_the_broker_ends_with_the_time(world):
    world.in_place("api", deployed=["9"])
    broker = WaitingBroker(world, (LATE, EXPECTED))
    verdict = world.ask(wait_seconds=60.5)
    assert (verdict.deployable, verdict.waited_seconds) == (None, 60.5)
    assert broker.seconds == [0, 50, 10, 0]
    assert verdict.reasons[-1] == "The answer was still unknown after 60 seconds."


def test_a_broker_that_cannot_wait_now_is_asked_after_a_pause(world):
    """It is stopping, or too many clients wait."""
    world.in_place("api", deployed=["9"])
    broker = WaitingBroker(world, (0, EXPECTED))
    assert world.ask(wait_seconds=12, poll_seconds=5).deployable is None
    assert broker.seconds == [0, 12, 0, 7, 0, 2, 0]
    assert world.slept == [5, 5, 2]


def test_what_nobody_requested_is_not_waited_for_unless_asked_to(world):
    world.in_place("api", deployed=["9"])
    broker = WaitingBroker(world, (LATE, matrix(None, row(), resultsExpected=False)))
    verdict = world.ask(wait_seconds=10)
    assert (verdict.deployable, verdict.waited_seconds) == (None, 0)
    assert "Version 9 of api has no result for the pact" in verdict.reasons[1]
    assert verdict.reasons[-1].endswith("If something else starts them, use --wait-for any.")
    assert world.ask(wait_seconds=10, poll_seconds=6, wait_for_any=True).waited_seconds == 10
    assert broker.seconds == [0, 0, 0, 0]


def test_a_broker_that_fails_while_it_waits_is_asked_again(world):
    world.in_place("api", deployed=["9"])
    broker = WaitingBroker(world, (LATE, EXPECTED), (0, Answer(status=500)), (0, matrix(True, row(True))))
    assert world.ask(wait_seconds=60).deployable is True
    assert broker.seconds == [0, 50, 0]
    assert world.slept == [3]


def test_progress_is_reported_while_the_broker_waits(world, monkeypatch):
    monkeypatch.setattr(gate_waits, "REPORT_SECONDS", 0.001)
    world.in_place("api", deployed=["9"])
    reported_again = threading.Event()

    def note(waiting):
        world.waits.append(waiting)
        if len(world.waits) > 2:
            reported_again.set()

    def last(_received):
        assert reported_again.wait(10)
        return matrix(True, row(True))

    WaitingBroker(world, (LATE, EXPECTED))
    world.fake.on("GET", f"{QUESTION}&wait=10", last)
    assert world.ask(wait_seconds=10, on_wait=note).deployable is True
    assert {wait.missing[0].provider for wait in world.waits} == {"api"}


def test_only_two_kinds_of_results_can_be_waited_for():
    assert [waits_for_any({"CAN_I_DEPLOY_WAIT_FOR": each}) for each in ("", "requested", "any")] == [False, False, True]
    with pytest.raises(UsageError, match="Set CAN_I_DEPLOY_WAIT_FOR to requested or any"):
        waits_for_any({"CAN_I_DEPLOY_WAIT_FOR": "all"})


def test_on_wait_is_optional(world):
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row()), matrix(True, row(True)))
    assert world.ask(on_wait=None).deployable is True
    assert world.waits == []


def test_zero_seconds_ask_once(world):
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row()))
    verdict = world.ask(wait_seconds=0)
    assert verdict.reasons[-1] == "The answer is still unknown. Set --wait-seconds to wait for missing results."
    assert world.question_count() == 1


def test_a_missing_provider_is_not_waited_for(world):
    """No version of it is deployed or released there: no verification could make this a yes."""
    world.in_place("api")
    world.all_in_place(("web", "old"))
    world.answers(matrix(None, row()))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status) == (None, 3)
    assert [each.kind for each in verdict.causes] == [CauseClass.NOTHING_DEPLOYED]
    assert world.slept == []


def test_a_failed_result_is_a_no_whatever_is_missing(world):
    world.answers(matrix(None, row(), row(False, provider="stock")))
    verdict = world.ask()
    assert (verdict.deployable, verdict.exit_status) == (False, 1)
    assert [each.kind for each in verdict.causes] == [CauseClass.FAILED, CauseClass.RESULT_MISSING]
    assert world.slept == []


def test_ignored_rows_do_not_count(world):
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row(), row(False, provider="stock", ignored=True), row(provider="old", ignored=True)))
    verdict = world.ask(wait_seconds=0)
    assert verdict.deployable is None
    assert [each.kind for each in verdict.causes] == [CauseClass.RESULT_MISSING, *[CauseClass.IGNORED] * 2]


def test_a_provider_without_its_own_result_is_asked_to_verify(world):
    """The application itself need not be in the environment: it is about to be deployed."""
    world.fake.on("GET", "/pacticipants/web/versions/1f3a", Answer(document={"number": "1f3a"}))
    world.answers(matrix(None, row(consumer="mobile", provider="web")))
    verdict = world.ask(wait_seconds=0)
    assert [each.kind for each in verdict.causes] == [CauseClass.OWN_RESULT_MISSING]


def test_an_unknown_without_rows_is_waited_for(world):
    world.answers(matrix(None), matrix(True))
    assert world.ask().deployable is True


@pytest.mark.parametrize("answer", [Answer(500), Answer(503), None])
def test_a_broker_that_fails_while_it_is_waited_for_is_asked_again(world, answer):
    """Such as a broker that restarts; the transport repeats a request three times within a second."""
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row()), *[answer] * 3, matrix(True, row(True)))
    assert world.ask().deployable is True
    assert {wait.missing[0].provider for wait in world.waits} == {"api"}


@pytest.mark.parametrize(("answer", "error"), [(Answer(500), UnexpectedAnswer), (None, Unreachable)])
def test_a_broker_that_fails_until_the_end_is_an_error(world, answer, error):
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row()), answer)
    with pytest.raises(error):
        world.ask()
    assert world.slept == [3, 3, 3, 1]


@pytest.mark.parametrize("answer", [Answer(401), Answer(400), Answer(404)])
def test_a_refusal_is_not_waited_for(world, answer):
    world.in_place("api", deployed=["9"])
    world.answers(matrix(None, row()), answer)
    with pytest.raises(ClientError):
        world.ask()
    assert world.slept == [3]


@pytest.mark.parametrize("blank", ["pacticipant", "version", "environment"])
def test_no_name_may_be_blank(world, blank):
    with pytest.raises(UsageError, match=f"The {blank} is empty"):
        world.ask(**{blank: " "})
    assert world.fake.requests == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(400, {"errors": {"environment": ["does not exist"]}}), Invalid),
        (Answer(401), Refused),
        (Answer(500), UnexpectedAnswer),
        (None, Unreachable),
    ],
)
def test_a_malformed_answer_is_an_error(world, answer, error):
    world.answers(answer)
    with pytest.raises(error):
        world.ask()


@pytest.mark.parametrize(
    ("option", "variable", "seconds"),
    [("", None, 120), ("", "", 120), ("", "600", 600), ("0", "600", 0), ("2.5", None, 2.5)],
)
def test_the_option_and_the_variable_set_the_seconds_to_wait(option, variable, seconds):
    """The option wins, then the variable, then two minutes."""
    environ = {} if variable is None else {"CAN_I_DEPLOY_WAIT_SECONDS": variable}

    assert seconds_to_wait(option, environ) == seconds


@pytest.mark.parametrize("option", ["soon", "-1", "nan", "inf"])
def test_a_wrong_number_of_seconds_is_refused(option):
    """A wrong time to wait is refused, and named."""
    with pytest.raises(UsageError, match=f"'{option}' is not a number of seconds"):
        seconds_to_wait(option, {})
