"""A folder of many pacts is reported in a few lines, and nothing unusual is hidden among the usual."""

from __future__ import annotations

from contracts.ci.notice_summaries import pairs, shortened
from contracts.client import Contract
from contracts.model.notices import Notice


def contracts(count, consumer="web"):
    return [Contract(consumer=consumer, provider=f"api-{number}", content=b"{}") for number in range(count)]


def notices(of):
    for each in of:
        yield Notice(type="success", text=f"A pact between {each.consumer} and {each.provider} is published.")
        yield Notice(type="debug", text=f"  View it at http://b/{each.provider}")
        yield Notice(type="prompt", text="  Next steps:")
        yield Notice(
            type="prompt", text=f"    * Verify this pact in the build of {each.provider}: http://b/{each.provider}"
        )


def test_three_hundred_pacts_take_a_few_lines():
    many = contracts(300)
    assert [each.text for each in shortened(list(notices(many)), many)] == [
        "A pact between web and api-0 is published. (the same for 299 more)",
        "  Next steps:",
        "    * Verify this pact in the build of api-0: http://b/api-0 (the same for 299 more)",
    ]
    assert pairs(many) == "300 pacts: web → api-0, api-1, api-2 and 297 more"


def test_a_notice_that_is_unlike_the_others_is_shown():
    many = contracts(300)
    odd = Notice(type="warning", text="A pact between web and api-7 replaces another content.")
    assert odd in shortened([*notices(many[:7]), odd, *notices(many[8:])], many)


def test_a_few_pacts_are_reported_one_by_one():
    few = contracts(3)
    assert len(shortened(list(notices(few)), few)) == 9
    assert pairs(few) == "web → api-0, web → api-1, web → api-2"


def test_however_the_notices_differ_the_list_is_bounded():
    many = contracts(300)
    different = [Notice(type="info", text=f"number {number}") for number in range(300)]
    lines = shortened(different, many)
    assert len(lines) == 21
    assert lines[-1].text == "… and 280 more notices: --verbose shows them all."


def test_many_consumers_are_counted():
    many = [each for consumer in range(30) for each in contracts(1, f"web-{consumer}")]
    assert pairs(many).endswith("web-9 → api-0; and 20 more consumers")
