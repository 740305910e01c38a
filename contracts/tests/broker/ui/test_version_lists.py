"""The pages that list versions."""

from __future__ import annotations

import html
import re

import pytest


@pytest.fixture
def numbers(page):
    """The numbers on a list of versions."""

    def numbers(path):
        listed = page(path).partition('class="timeline"')[2]
        return re.findall(r'<code title="([^"]*)"', html.unescape(listed))

    return numbers


def test_a_branch_a_tag_and_an_environment_have_their_versions_the_newest_first(http, publish, deploy, numbers):
    for version, branch in (("1", "main"), ("2", "feat/x"), ("3", "main")):
        publish(version, branch=branch)
    http.put("/pacticipants/web/versions/2/tags/live", json={})
    deploy("web", "1", "production")
    uuid = http.get("/environments").json()["_embedded"]["environments"][0]["uuid"]

    assert numbers("/pacticipants/web/versions") == ["3", "2", "1"]
    assert numbers("/pacticipants/web/branches/main/versions") == ["3", "1"]
    assert numbers("/pacticipants/web/branches/feat%2Fx/versions") == ["2"]
    assert numbers("/pacticipants/web/tags/live/versions") == ["2"]
    assert numbers(f"/pacticipants/web/environments/{uuid}/versions") == ["1"]


def test_a_long_list_is_turned(http, numbers, page):
    for number in range(32):
        http.put(f"/pacticipants/web/branches/a%26b/versions/{number}", json={})
    path = "/pacticipants/web/branches/a%26b/versions"
    assert numbers(f"{path}?page=2") == ["1", "0"]
    assert f'href="{path}?page=1"' in page(f"{path}?page=2")
    assert "No version on this page" in page(f"{path}?page=3")


@pytest.mark.parametrize("path", ["branches/none", "tags/none", "environments/none"])
def test_a_missing_branch_tag_or_environment_is_a_page_that_says_so(page, publish, path):
    publish("1")
    assert "Not found" in page(f"/pacticipants/web/{path}/versions", status=404)
