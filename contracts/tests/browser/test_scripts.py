"""The small scripts of the pages: what they add, and that they leave alone what a person is doing."""

from __future__ import annotations

import browsers
import pytest
from playwright.sync_api import expect
from shops import Shop

from contracts.testing.brokers import running_broker


pytestmark = [
    pytest.mark.thorough,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browsers.EXECUTABLE is None, reason=browsers.ABSENT),
]


def test_a_page_that_renews_itself_shows_what_is_new_and_keeps_the_focus(browser):
    with running_broker() as running, browsers.opened(browser, running.base_url) as tab:
        shop = Shop(running.base_url)
        shop.publish("web", "api", "1", [])
        tab.goto("/")
        tab.locator("#live").get_by_role("link", name="web", exact=True).focus()
        shop.publish("web", "store", "2", [])
        tab.evaluate("renew(location.href)")
        expect(tab.locator("main tbody tr")).to_have_count(2)
        assert tab.locator("#status").inner_text() == "2 integrations"
        assert tab.evaluate("document.activeElement.getAttribute('href')") == "/pacticipants/web"


def test_a_page_that_renews_itself_keeps_open_what_is_open(tab):
    answers = iter(["first", "second"])

    def with_details(route):
        details = f"<details><summary>More</summary>the {next(answers)} answer</details>"
        page = route.fetch()
        route.fulfill(response=page, body=page.text().replace('<div id="live"', f'<div id="live">{details}<div', 1))

    tab.route("**/", with_details)
    tab.goto("/")
    tab.locator("#live summary").click()
    tab.evaluate("renew(location.href)")
    expect(tab.locator("#live details")).to_contain_text("the second answer")
    assert tab.locator("#live details").get_attribute("open") is not None
    assert tab.evaluate("document.activeElement.textContent") == "More"


def test_the_drawing_of_the_network_is_zoomed_by_buttons_and_keys(tab):
    tab.goto("/relationships")
    drawing = tab.locator("svg.network")

    def width():
        return float(drawing.get_attribute("width"))

    tab.get_by_role("button", name="Fit the width").click()
    fitting = width()
    tab.get_by_role("button", name="Zoom in").click()
    assert width() == pytest.approx(1.25 * fitting)
    tab.locator("#drawing").focus()
    tab.keyboard.press("-")
    assert width() == pytest.approx(fitting)
    tab.get_by_role("link", name="catalogue", exact=True).first.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Network around catalogue")


def test_the_markdown_of_a_badge_is_copied(tab, base_url):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.goto("/pacticipants/catalogue")
    button = tab.get_by_role("button", name="Copy").first
    button.click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    text = tab.evaluate("navigator.clipboard.readText()")
    assert text.startswith("[![Can catalogue be deployed to ")
    assert f"]({base_url}/can-i-deploy?" in text
