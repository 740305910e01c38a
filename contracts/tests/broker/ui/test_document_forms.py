"""The forms of environments and applications."""

from __future__ import annotations

import html
import re

import pytest

from contracts.broker.ui.api_requests import Api


ENVIRONMENT = "/ui/environment/form"
APPLICATION = "/ui/application/form"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


def entries_of(markup):
    """The entries that a browser would send, each with its values."""
    form = markup.partition('<form class="change"')[2].partition("</form>")[0]
    entries = {}
    for tag in re.findall(r"<input[^>]*>|<textarea.*?</textarea>", form, re.DOTALL):
        if 'type="checkbox"' in tag and " checked" not in tag:
            continue
        value = re.search(r">\n(.*)</textarea>" if tag.startswith("<textarea") else r'value="([^"]*)"', tag, re.DOTALL)
        entries.setdefault(re.search(r'name="(\w+)"', tag)[1], []).append(html.unescape(value[1]))
    return entries


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


@pytest.fixture
def opened(http):
    """Open the form at an address, and return its entries."""
    return lambda address: entries_of(http.get(address, headers=BROWSER).text)


@pytest.fixture
def send(http):
    return lambda address, entries: http.post(address, data=entries, headers=BROWSER, follow_redirects=False)


@pytest.fixture
def environment(http):
    """An environment with contacts, and the address of its form."""
    contacts = [{"name": "Shop", "details": {"email": "shop@example.org", "phones": ["1", {"ext": 2}], "n": 3}}]
    body = {"name": "live", "displayName": "Live!", "production": True, "contacts": [*contacts, {"name": "Night"}]}
    path = http.post("/environments", json=body).headers["location"]
    return path, f"{ENVIRONMENT}?environment={path.rpartition('/')[2]}"


def test_an_environment_is_created_with_fields(http, page, opened, send):
    entries = opened(ENVIRONMENT) | {
        "name": ["test"],
        "contact_name": ["Ops"],
        "contact_details": ["chat: #ops\r\na: b:c"],
    }

    assert send(ENVIRONMENT, entries).headers["location"] == "/environments"
    (document,) = http.get("/environments").json()["_embedded"]["environments"]
    assert (document["name"], document["displayName"], document["production"]) == ("test", "Test", False)
    assert document["contacts"] == [{"name": "Ops", "details": {"chat": "#ops", "a": "b:c"}}]
    assert f'{ENVIRONMENT}?environment={document["uuid"]}"' in page("/environments")


def test_saving_an_unchanged_environment_changes_nothing(http, environment, opened, send):
    path, form = environment
    before = http.get(path).json()
    entries = opened(form)

    assert send(form, entries).status_code == 303
    assert http.get(path).json() == before
    entries = opened(form) | {"do": ["remove-1"], "name": ["eu"]}
    removed = send(form, entries)
    assert "Night" not in removed.text
    assert send(form, entries_of(removed.text)).status_code == 303
    assert http.get(path).json()["name"] == "eu"
    assert http.get(path).json()["contacts"] == before["contacts"][:1]


@pytest.mark.usefixtures("environment")
def test_wrong_fields_of_an_environment_are_explained_beside_them(http, opened, send):
    entries = opened(ENVIRONMENT) | {"name": ["live"], "display_name": ["Kept"], "contact_name": ["Ops"]}
    taken = send(ENVIRONMENT, entries)
    assert taken.status_code == 400
    assert "Name: 'live' is the name of another environment." in words(taken.text)
    assert entries_of(taken.text)["display_name"] == ["Kept"]
    assert entries_of(taken.text)["contact_name"] == ["Ops", ""]

    entries |= {"name": ["test"], "contact_details": ["shop@example.org"]}
    assert "Contacts: “shop@example.org” has no name and colon" in words(send(ENVIRONMENT, entries).text)
    assert len(http.get("/environments").json()["_embedded"]["environments"]) == 1


def test_the_second_of_two_people_who_edit_an_environment_sees_both_states(http, environment, opened, send, clock):
    path, form = environment
    first, second = opened(form), opened(form)
    clock.forward(seconds=1)
    assert send(form, first | {"display_name": ["First"]}).status_code == 303

    late = send(form, second | {"display_name": ["Second"]})
    assert late.status_code == 409
    assert "Display name First Second" in words(late.text)
    assert http.get(path).json()["displayName"] == "First"
    assert send(form, entries_of(late.text)).status_code == 303
    assert http.get(path).json()["displayName"] == "Second"

    http.delete(path)
    gone = send(form, second)
    assert gone.status_code == 409
    assert send(ENVIRONMENT, entries_of(gone.text)).status_code == 303


@pytest.mark.usefixtures("environment")
def test_a_form_from_elsewhere_changes_nothing(http, opened, send):
    assert send(ENVIRONMENT, opened(ENVIRONMENT) | {"name": ["x"], "token": ["other"]}).status_code == 403
    assert len(http.get("/environments").json()["_embedded"]["environments"]) == 1
    assert http.get(f"{ENVIRONMENT}?environment=none", headers=BROWSER).status_code == 404


def test_an_application_gets_its_details_and_labels(http, page, opened, send):
    http.post("/pacticipants", json={"name": "web shop", "repositoryName": "shop"})
    for label in ("old", "core"):
        http.put(f"/pacticipants/web%20shop/labels/{label}")
    form = f"{APPLICATION}?application=web%20shop"
    assert form.replace("%20", "+") in html.unescape(page("/pacticipants/web%20shop"))
    entries = opened(form) | {"main_branch": ["main"], "labels": ["core\r\nteam a"], "display_name": [""]}

    assert send(form, entries).headers["location"] == "/pacticipants/web%20shop"
    document = http.get("/pacticipants/web%20shop").json()
    assert (document["displayName"], document["mainBranch"]) == ("Web Shop", "main")
    assert document["repositoryName"] == "shop"
    assert {each["name"] for each in document["_embedded"]["labels"]} == {"core", "team a"}
    wrong = send(form, opened(form) | {"main_branch": ["my main"], "labels": ["."]})
    assert "Labels: “.” cannot be dots alone" in words(wrong.text)
    wrong = send(form, opened(form) | {"main_branch": ["my main"], "labels": ["new"]})
    assert "Main branch: cannot contain spaces." in words(wrong.text)
    assert entries_of(wrong.text)["labels"] == ["new"]


def test_the_second_of_two_people_who_edit_an_application_sees_both_states(http, opened, send, clock):
    http.post("/pacticipants", json={"name": "web"})
    form = f"{APPLICATION}?application=web"
    first, second, third = (opened(form) for _ in range(3))
    clock.forward(seconds=1)
    assert send(form, first | {"labels": ["core"]}).status_code == 303

    late = send(form, second | {"labels": ["shop"]})
    assert late.status_code == 409
    assert "Labels core shop" in words(late.text)
    http.delete("/pacticipants/web")
    gone = send(form, third | {"main_branch": ["mine"]})
    assert gone.status_code == 409
    assert entries_of(gone.text)["main_branch"] == ["mine"]


def test_a_deployment_and_a_release_are_recorded(http, page, publish, environment, send, opened):
    publish("1 a")
    form = "/ui/deployment/form?application=web&version=1%20a"
    assert "/ui/deployment/form?application=web&amp;version=1+a" in page("/pacticipants/web/versions/1%20a")
    uuid = environment[0].rpartition("/")[2]
    entries = opened(form) | {"environment": [uuid], "how": ["deployed"], "instance": ["blue"]}

    assert "Environment: choose one." in words(send(form, entries | {"environment": [""]}).text)
    wrong = send(form, entries | {"how": ["released"]})
    assert "Instance: a release has none" in words(wrong.text)
    assert f'value="{uuid}" selected' in wrong.text
    assert send(form, entries).headers["location"] == "/pacticipants/web/versions/1%20a"
    assert send(form, entries | {"how": ["released"], "instance": [""]}).status_code == 303
    deployed = http.get(f"/environments/{uuid}/deployed-versions/currently-deployed").json()
    assert [each["applicationInstance"] for each in deployed["_embedded"]["deployedVersions"]] == ["blue"]
    released = http.get(f"/environments/{uuid}/released-versions/currently-supported").json()
    assert len(released["_embedded"]["releasedVersions"]) == 1


def test_a_label_that_is_refused_after_the_details_are_saved_can_be_saved_again(http, opened, send, monkeypatch):
    http.post("/pacticipants", json={"name": "web"})
    form = f"{APPLICATION}?application=web"
    entries = opened(form) | {"display_name": ["Web!"], "labels": ["one\ntwo"]}
    real, refusing = Api.send, [True]

    async def refuse_two(self, request, method, path, content, *, revision=""):
        if refusing and path.endswith("/labels/two"):
            path = "/pacticipants/unknown/labels/two/none"
        return await real(self, request, method, path, content, revision=revision)

    monkeypatch.setattr(Api, "send", refuse_two)
    response = send(form, entries)

    assert response.status_code == 404
    assert "The details are saved, but not every label: “two” was refused" in words(response.text)
    assert "Nothing was saved" not in response.text
    assert http.get("/pacticipants/web").json()["displayName"] == "Web!"

    refusing.clear()
    again = send(form, entries_of(response.text))
    assert again.headers["location"] == "/pacticipants/web"
    labels = http.get("/pacticipants/web").json()["_embedded"]["labels"]
    assert sorted(each["name"] for each in labels) == ["one", "two"]
