"""The main use of each page, as a person does it in a real browser."""

from __future__ import annotations

import browsers
import pytest
from page_paths import PAGES
from playwright.sync_api import expect
from shops import Shop

from contracts.testing.brokers import running_broker


pytestmark = [
    pytest.mark.thorough,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browsers.EXECUTABLE is None, reason=browsers.ABSENT),
]


def pairs(tab):
    return [each.inner_text().split("\n")[0] for each in tab.locator("main tbody th").all()]


def test_the_overview_searches_as_one_types_and_keeps_it_in_the_url(tab):
    tab.goto("/")
    tab.get_by_label("Application").fill("mailer")
    expect(tab.locator("main tbody tr")).to_have_count(1)
    assert pairs(tab) == ["mailer → orders"]
    assert "q=mailer" in tab.url
    tab.reload()
    assert pairs(tab) == ["mailer → orders"]


def test_totals_filter_the_overview_and_the_red_row_leads_to_its_reason(tab):
    tab.goto("/")
    tab.locator("a.tile.failed").click()
    expect(tab.locator("main tbody tr")).to_have_count(1)
    tab.locator("main tbody").get_by_role("link", name="failed").click()
    expect(tab.get_by_role("heading", name="1 of 1 interaction failed")).to_be_visible()
    assert tab.locator(".explanation", has_text="Expected the key unit").is_visible()


def test_can_i_deploy_answers_what_the_form_asks(tab):
    tab.goto("/can-i-deploy")
    tab.locator("main [name=pacticipant]").first.fill("web-shop")
    tab.locator("main [name=version]").first.fill("1.8.0")
    tab.locator("main [name=environment]").select_option("production")
    tab.locator("main form button").first.click()
    expect(tab.locator(".answer .word")).to_contain_text("Yes")
    assert "pacticipant=web-shop" in tab.url


def test_any_versions_are_chosen_in_the_form_of_the_matrix(tab):
    tab.goto("/matrix")
    applications = tab.get_by_label("Application", exact=True)
    applications.nth(0).fill("mobile-app")
    tab.get_by_label("Version").nth(0).fill("5.3.0")
    applications.nth(1).fill("catalogue")
    tab.get_by_role("button", name="Show").click()
    expect(tab.locator("main tbody tr")).to_have_count(1)
    tab.get_by_text("Change the question").click()
    tab.get_by_role("link", name="Add an application").click()
    expect(applications).to_have_count(3)
    assert tab.get_by_label("Version").nth(0).input_value() == "5.3.0"


def test_the_contract_explains_its_rules_and_leads_to_what_changed(tab):
    tab.goto(PAGES["failing-contract"])
    assert tab.locator(".rule", has_text=r"any text that matches \d+\.\d\d").is_visible()
    tab.get_by_role("link", name="What changed since 5.2.0").click()
    assert tab.get_by_role("row", name="response.body.price.unit").is_visible()


def test_the_board_leads_to_the_question_whether_main_can_be_deployed(tab):
    tab.goto("/environments")
    tab.get_by_role("row", name="mobile-app").get_by_role("link", name="main").click()
    expect(tab.locator(".answer .word")).to_be_visible()
    assert "/can-i-deploy?pacticipant=mobile-app" in tab.url


def test_the_api_browser_follows_links_and_fills_in_templates(tab):
    tab.goto("/hal-browser/browser.html")
    tab.get_by_role("link", name="/environments", exact=True).click()
    expect(tab.locator("#status")).to_contain_text("GET /environments: 200")
    assert tab.get_by_role("heading", name="Embedded: environments").is_visible()
    tab.go_back()
    row = tab.get_by_role("row", name="pb:pacticipant ", exact=False).filter(has=tab.locator("form")).first
    row.locator("input").first.fill("catalogue")
    row.get_by_role("button", name="Follow").click()
    expect(tab.locator("#status")).to_contain_text("/pacticipants/catalogue")


def test_a_webhook_is_previewed_while_one_types(tab):
    tab.goto("/ui/webhook")
    tab.get_by_label("Target").fill("shop/mailer")
    expect(tab.locator("#live pre")).to_contain_text("repos/shop/mailer/dispatches")
    tab.get_by_role("link", name="Continue").click()
    tab.get_by_label("URL").fill("http://127.0.0.1:9/new")
    expect(tab.locator("#preview pre")).to_contain_text("127.0.0.1:9/new")
    tab.get_by_role("button", name="Remove header 1").click()
    tab.get_by_role("button", name="Add a header").click()
    tab.keyboard.type("x-team")
    tab.keyboard.press("Tab")
    tab.keyboard.type("mailer")
    expect(tab.locator("#preview pre")).to_contain_text("x-team: mailer")
    expect(tab.locator("#preview pre")).not_to_contain_text("accept:")
    tab.get_by_role("button", name="Create").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("GitHub shop/mailer")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_person_deletes_an_application_and_makes_an_environment(browser, scripts):
    with running_broker() as running, browsers.opened(browser, running.base_url, scripts=scripts) as tab:
        shop = Shop(running.base_url)
        shop.publish("web", "api", "1", [])
        tab.goto("/pacticipants/web")
        tab.get_by_role("link", name="Delete this application").click()
        assert tab.get_by_text("are deleted with it").is_visible()
        tab.get_by_role("link", name="Cancel").click()
        assert tab.request.get("/pacticipants/web").ok
        tab.goto("/ui/requests?method=DELETE&path=/pacticipants/web")
        tab.get_by_role("button", name="Delete").click()
        assert tab.url == f"{running.base_url}/"
        assert tab.request.get("/pacticipants/web").status == 404

        tab.goto("/environments")
        tab.get_by_role("link", name="New environment").click()
        tab.get_by_label("Name", exact=False).first.fill("my live")
        tab.get_by_label("Production").check()
        tab.get_by_role("button", name="Create").click()
        assert tab.get_by_text("Name: cannot contain spaces").is_visible()
        assert tab.get_by_label("Production").is_checked()
        tab.get_by_label("Name", exact=False).first.fill("live")
        tab.get_by_label("Name of contact 1").fill("Shop")
        tab.keyboard.press("Enter")
        expect(tab).to_have_url(f"{running.base_url}/environments")
        assert tab.get_by_role("link", name="Edit live").is_visible()
