"""The sign-in of people, with a certified provider of OpenID Connect: npm's oidc-provider.

The package is installed once, into a folder beside the temporary ones.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from filelock import FileLock
from providers import CLIENT, SECRET, serving_people


HERE = Path(__file__).with_name("openid")
NODE, NPM = (shutil.which(each) for each in ("node", "npm"))
INSTALL = ("install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not (NODE and NPM), reason="node and npm are not there"),
]


@pytest.fixture(scope="module")
def package():
    """The folder with the provider's program and its packages."""
    folder = Path(tempfile.gettempdir()) / "contracts-openid-provider"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        for file in HERE.iterdir():
            shutil.copy(file, folder)
        done = folder / "installed.json"
        if not done.exists() or done.read_text() != (folder / "package.json").read_text():
            try:
                subprocess.run([NPM, *INSTALL], cwd=folder, check=True, capture_output=True, timeout=100)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                pytest.skip(f"npm did not install oidc-provider: {error}")
            shutil.copy(folder / "package.json", done)
    return folder


@pytest.fixture
def base_url(package, sqlite_url):
    """The URL of a broker whose people sign in at the provider."""
    processes = []

    def issuer(base_url):
        command = [NODE, "provider.js", CLIENT, SECRET, f"{base_url}/ui/sign-in/return"]
        process = subprocess.Popen(command, cwd=package, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        return process.stdout.readline().strip()

    try:
        scopes = ("openid", "profile", "groups")
        with serving_people(issuer, sqlite_url, sign_in_scopes=scopes) as base_url:
            yield base_url
    finally:
        for process in processes:
            process.stdin.close()
            process.wait(60)
            process.stdout.close()


def sign_in(browser, url, name):
    """Fill in the provider's pages, and return the page that the browser shows at the end."""
    page = browser.get(url, timeout=60)
    while prompt := re.search(r'name="prompt" value="(\w+)"', page.text):
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text)[1]
        fields = {"prompt": prompt[1], "login": name, "password": "any"}
        page = browser.post(urljoin(page.url, action), data=fields, timeout=60)
    return page


def test_a_person_signs_in_at_a_real_provider(base_url):
    browser = requests.Session()
    browser.headers["Accept"] = "text/html"

    page = sign_in(browser, f"{base_url}/webhooks", "ann")

    assert page.url == f"{base_url}/webhooks"
    assert page.status_code == 200
    assert "ANN</a>" in page.text
    form = browser.get(f"{base_url}/ui/token/form", timeout=60).text
    assert "You may: publish as web." in form
    out = browser.post(f"{base_url}/ui/sign-out", timeout=60)
    assert "You have signed out" in out.text

    other = requests.Session()
    other.headers["Accept"] = "text/html"
    refused = sign_in(other, base_url, "bob")
    assert refused.status_code == 403
    assert "BOB is in no group that may use this broker" in refused.text
