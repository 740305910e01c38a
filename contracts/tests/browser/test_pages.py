"""Every kind of page in a real browser: accessible in both themes and at both widths, with and without scripts."""

from __future__ import annotations

import browsers
import pytest
from axe_playwright_python.sync_playwright import Axe
from page_paths import PAGES
from shops import Shop

from contracts.testing.brokers import running_broker


pytestmark = [
    pytest.mark.thorough,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browsers.EXECUTABLE is None, reason=browsers.ABSENT),
]
ON_PHONES = ["color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block"]
"""The rules of accessibility that depend on theme and width; the others are checked at a desktop."""
HOSTILE = {
    "script": "<script>document.title='owned'</script>",
    "quotes": "a\"b'c`d",
    "bidi": "abc\u202edef\u2066ghi",
    "long": "x" * 500,
}


@pytest.fixture(scope="session")
def axe():
    """The rules of accessibility."""
    return Axe()


@pytest.mark.parametrize(("width", "dark"), [("desktop", False), ("phone", True)], ids=["desktop", "phone, dark"])
def test_each_page_is_accessible_and_whole_without_scripts(browser, base_url, axe, paths, width, dark):
    problems = {}
    rules = {"resultTypes": ["violations"]} | ({"runOnly": ON_PHONES} if width == "phone" else {})
    with (
        browsers.opened(browser, base_url, width=width, dark=dark) as page,
        browsers.opened(browser, base_url, scripts=False) as plain,
    ):
        page.on("pageerror", lambda error: problems.setdefault("script", []).append(str(error)))
        page.on("request", lambda request: outside(request.url, base_url, problems))
        for name, path in paths.items():
            assert page.goto(path).status == 200, path
            violations = [
                f"{each['id']}: {node['html'][:120]}"
                for each in axe.run(page, options=rules).response["violations"]
                for node in each["nodes"]
            ]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                violations.append("the page scrolls sideways")
            if width == "desktop" and name != "api-browser" and page.locator("script").count():
                plain.goto(path)
                if headings(plain) != headings(page):
                    violations.append("without scripts, it has other headings")
            if violations:
                problems[name] = violations
    assert problems == {}


def headings(page):
    """The headings of a page and of its tables."""
    return page.locator("h1, h2, th").all_text_contents()


def outside(url, base_url, problems):
    """Note a request to another host."""
    if not url.startswith((base_url, "data:")):
        problems.setdefault("other hosts", []).append(url)


def test_the_keyboard_reaches_each_link_and_shows_where_it_is(tab):
    tab.goto(PAGES["application"])
    reached, outlines = set(), set()
    for _ in range(tab.locator("a[href], button, input, select, summary, [tabindex]").count()):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
        outlines.add(tab.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    links = {each.get_attribute("href") for each in tab.locator("main a[href]:visible").all()}
    assert links <= reached
    assert "none" not in outlines


def test_a_printed_page_has_neither_navigation_nor_forms(tab):
    tab.goto(PAGES["result"])
    tab.emulate_media(media="print")
    assert tab.locator("h1").is_visible()
    assert [each.is_visible() for each in tab.locator("body > header nav, form").all()].count(True) == 0


def test_a_printed_contract_has_what_is_folded(tab):
    tab.goto(PAGES["contract"])
    tab.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = false; })")
    visible = "[...document.querySelectorAll('pre.body')].map((each) => each.checkVisibility({ checkOpacity: true }))"
    assert not any(tab.evaluate(visible))
    tab.emulate_media(media="print")
    assert all(tab.evaluate(visible))


def test_hostile_names_stay_text(browser):
    with running_broker() as running:
        for name in HOSTILE.values():
            publish_everywhere(Shop(running.base_url), name)
        with browsers.opened(browser, running.base_url, width="phone") as page:
            page.on("dialog", lambda dialog: pytest.fail(dialog.message))
            page.goto("/")
            paths = {each.get_attribute("href") for each in page.locator("main a[href^='/']").all()}
            for path in ["/", *sorted(paths)]:
                assert page.goto(path).status == 200, path
                assert "owned" not in page.title().split("'")[0]
                assert page.locator("main script:not([src])").count() == 0
                wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                assert not wide, f"{path[:80]} scrolls sideways"


def publish_everywhere(shop, name):
    """Publish a contract, and its failure, with *name* in every position."""
    interaction = {
        "description": name,
        "providerStates": [{"name": name}],
        "request": {"method": "GET", "path": "/"},
    }
    shop.publish(name, "catalogue", name, [interaction | {"response": {"status": 200}}], branch=name)
    shop.verify(name, name, "catalogue", name, mismatches=[{"attribute": "body", "description": name}])
