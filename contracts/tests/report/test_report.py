"""The report about all contracts of a broker: what it says, as HTML and as Markdown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from shops import Shop

from contracts.client.errors import UnexpectedAnswer
from contracts.client.nouns.dashboard import LatestContract
from contracts.report import contents, network, rendering
from contracts.report.contents import Failure, Report
from contracts.testing import running_broker


NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def contract(**fields):
    values = {
        "consumer": "web",
        "consumer_version": "1",
        "branch": "main",
        "provider": "api",
        "provider_version": None,
        "success": None,
        "published_at": None,
        "verified_at": None,
        "pact_url": "https://broker.example/pact",
        "result_url": None,
    }
    return LatestContract(**(values | fields))


@pytest.fixture(scope="module")
def broker():
    """A broker with the contracts of a shop."""
    with running_broker(webhook_host_whitelist=()) as running:
        shop = Shop(running.base_url)
        shop.open(webhooks=False)
        yield running.client


def test_it_has_each_pair_once_with_its_newest_contract_and_result(broker):
    report = contents.read(broker)
    newest = {(each.consumer, each.provider): (each.consumer_version, each.success) for each in report.contracts}
    assert newest == {
        ("checkout", "orders"): ("3.0.0", True),
        ("checkout", "payments"): ("3.1.0", None),
        ("mailer", "orders"): ("0.4.0", True),
        ("mobile-app", "catalogue"): ("5.3.0", False),
        ("web-shop", "catalogue"): ("1.9.0-search", None),
        ("web-shop", "checkout"): ("1.8.0", True),
    }


def test_it_says_why_a_contract_failed(broker):
    (failure,) = contents.read(broker).failures
    assert failure.contract.consumer == "mobile-app"
    assert [rendering.sentence(each) for each in failure.interactions] == [
        (
            "a request for a product: body $.price: Expected the key unit, but it was missing; "
            "status: expected 200, got 500"
        )
    ]


def test_it_can_be_about_some_applications(broker):
    report = contents.read(broker, ["payments", "mailer"])
    assert [(each.consumer, each.provider) for each in report.contracts] == [
        ("checkout", "payments"),
        ("mailer", "orders"),
    ]


def test_the_html_file_loads_nothing_and_escapes_names(broker):
    page = rendering.html(contents.read(broker), NOW)
    assert "3 verified, 1 failed, 2 not verified" in page
    assert "2026-01-02 03:04 UTC" in page
    assert "<script" not in page
    assert 'src="' not in page
    hostile = contract(consumer="<b>", pact_url="javascript:alert(1)")
    shown = rendering.html(Report(base_url="https://b.example", contracts=(hostile,), failures=()), NOW)
    assert "&lt;b&gt;" in shown
    assert "javascript:" not in shown


def test_the_summary_is_a_table_of_what_failed_and_what_is_missing():
    failed = contract(success=False, provider_version="2", result_url="https://broker.example/r(1)")
    failure = Failure(contract=failed, interactions=None, problem="The verifier published no details.")
    missing = contract(consumer="a|b")
    report = Report(base_url="https://broker.example", contracts=(failed, missing), failures=(failure,))
    assert rendering.markdown(report) == (
        "## Contracts: 0 verified, 1 failed, 1 not verified\n\n"
        "| failed | provider version | why |\n|---|---|---|\n"
        "| [web → api](https://broker.example/r%281%29) | 2 | The verifier published no details. |\n\n"
        "| not verified | consumer version |\n|---|---|\n"
        "| [a\\|b → api](https://broker.example/pact) | 1 |\n\n"
        "[Open the broker](https://broker.example)\n"
    )


def test_a_long_table_says_how_much_it_leaves_out():
    many = tuple(contract(consumer=str(number)) for number in range(25))
    summary = rendering.markdown(Report(base_url="https://b.example", contracts=many, failures=()))
    assert "These are the first 20 of 25." in summary


class Unreadable:
    """A broker whose results cannot be read."""

    base_url = "https://broker.example"

    def __init__(self, published):
        self.published = published

    def latest_contracts(self):
        return (contract(success=False, result_url="https://broker.example/r"),)

    def verifier_details(self, _result_url, /):
        if isinstance(self.published, Exception):
            raise self.published
        return self.published


@pytest.mark.parametrize(
    ("published", "problem"),
    [
        (None, "The verifier published no details."),
        ("text", "The verifier's details have an unknown format."),
        (UnexpectedAnswer("no JSON"), "The result cannot be read: no JSON"),
    ],
)
def test_details_that_cannot_be_read_do_not_hide_the_failure(published, problem):
    (failure,) = contents.read(Unreadable(published)).failures
    assert failure.problem == problem
    page = rendering.html(contents.read(Unreadable(published)), NOW)
    assert problem.replace("'", "&#39;") in page


def test_the_network_is_drawn_with_a_sign_for_each_contract(broker):
    page = rendering.html(contents.read(broker), NOW)
    drawing = page.partition("<svg")[2].partition("</svg>\n</div>")[0]
    assert drawing.count('class="node"') == 7
    assert (drawing.count("✔"), drawing.count("✘"), drawing.count("○")) == (6, 2, 2)
    assert "mobile-app → catalogue: ✘ failed" in drawing


def test_a_network_of_too_many_applications_is_left_out():
    many = tuple(contract(consumer=f"app {number}") for number in range(network.MOST_APPLICATIONS))
    assert network.draw(many) is None
    assert network.draw(()) is None
    itself = network.draw([contract(consumer="api")])
    assert (len(itself.applications), itself.contracts) == (1, ())
