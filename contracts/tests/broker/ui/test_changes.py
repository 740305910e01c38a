"""The page of what changed in a contract."""

from __future__ import annotations

import pytest


PAIR = "/pacts/provider/api/consumer/web"


def document(*bodies):
    return {
        "consumer": {"name": "web"},
        "provider": {"name": "api"},
        "interactions": [
            {
                "description": f"request {index}",
                "request": {"method": "GET", "path": "/"},
                "response": {"status": 200, "body": {"price": body}},
            }
            for index, body in enumerate(bodies)
        ],
    }


@pytest.fixture
def two(publish):
    publish("1", document=document("a<b", 1))
    publish("2", document=document("c", 1, 2))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("path", [f"{PAIR}/version/2/diff/previous-distinct", f"{PAIR}/version/2/diff/version/1"])
def test_a_page_shows_each_field_before_and_after(page, path):
    shown = page(path)
    assert "1 interaction changed, 1 interaction added." in shown
    assert "<code>response.body.price</code>" in shown
    assert '<code class="value">&#34;a&lt;b&#34;</code>' in shown
    assert '<code class="value">&#34;c&#34;</code>' in shown


@pytest.mark.usefixtures("two")
def test_a_contract_lists_its_contents_with_what_changed(page):
    shown = page(f"{PAIR}/version/2")
    path = shown.partition("What changed since 1")[0].rpartition('href="')[2].partition('"')[0]
    assert "1 interaction changed, 1 interaction added." in page(path)


def test_the_first_contract_has_nothing_to_compare_it_with(page, publish):
    publish("1")
    assert "no earlier, different contract" in page(f"{PAIR}/version/1/diff/previous-distinct")
    assert "What changed since" not in page(f"{PAIR}/version/1")


def test_other_order_is_no_change(page, publish):
    publish("1", document=document(1, 2))
    reordered = document(1, 2)
    reordered["interactions"].reverse()
    publish("2", document=reordered)
    assert "Nothing that a verification compares differs" in page(f"{PAIR}/version/2/diff/version/1")


def test_beyond_a_thousand_changes_the_page_says_how_many_there_are(page, publish):
    publish("1", document=document(list(range(400)), *range(700)))
    publish("2", document=document([-1 - each for each in range(400)], *(-1 - each for each in range(700))))
    shown = page(f"{PAIR}/version/2/diff/version/1")
    assert "These are the first 1,000 of 1,100 changes." in shown
    assert shown.count('<tr><th scope="row">') == 1000


def test_a_renamed_interaction_says_so_and_leads_to_its_contents(page, publish):
    renamed = document(1, 2)
    renamed["interactions"][1]["description"] = "a better name"
    publish("1", document=document(1, 2) | {"metadata": {"pactSpecification": {"version": "2.0.0"}}})
    publish("2", document=renamed | {"metadata": {"pactSpecification": {"version": "3.0.0"}}})
    shown = page(f"{PAIR}/version/2/diff/version/1")
    assert "1 interaction renamed." in shown
    assert f'<a href="{PAIR}/version/2?interaction=1">a better name</a>' in shown
    assert "The version of the Pact specification:" in shown
