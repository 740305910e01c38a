"""Variables that are no settings: not supported, or somebody else's."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from contracts.broker import foreign_settings, settings
from contracts.broker.settings import Settings, SettingsError


ROOT = Path(__file__).parents[3]
PACKAGES = ("client", "ci", "verification", "fake_ci", "testing")
CLIENT_SIDE = (*(f"contracts/src/contracts/{each}" for each in PACKAGES), "tasks.py", ".github")


def test_an_unknown_name_is_told_with_the_one_that_may_be_meant():
    assert settings.warnings({"PACT_BROKER_WEBHOOK_HOST_WHITELST": "x", "PACT_BROKER_ZZZZ": "", "OTHER": ""}) == [
        "PACT_BROKER_WEBHOOK_HOST_WHITELST is no setting of this broker; is it PACT_BROKER_WEBHOOK_HOST_WHITELIST?",
        "PACT_BROKER_ZZZZ is no setting of this broker",
    ]


def test_settings_and_their_second_names_are_no_unknown_names():
    names = [*(each.name for each in fields(Settings)), "base_urls"]
    assert settings.warnings({f"PACT_BROKER_{each.upper()}": "" for each in names}) == []


def test_what_pipelines_read_is_not_told():
    files = [each for place in CLIENT_SIDE for each in [ROOT / place, *(ROOT / place).rglob("*")] if each.is_file()]
    read = {
        name for each in files for name in re.findall(r"PACT_BROKER_[A-Z_]*[A-Z]", each.read_text("utf-8", "ignore"))
    }
    assert {"PACT_BROKER_TOKEN", "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS"} <= read
    assert settings.warnings(dict.fromkeys(read, "x")) == []


def test_what_is_not_supported_is_told_only_where_it_is_asked_for():
    environ = {"PACT_BROKER_USE_HAL_BROWSER": "FALSE", "PACT_BROKER_SEED_EXAMPLE_DATA": "False"}
    assert settings.warnings(environ) == [
        "PACT_BROKER_USE_HAL_BROWSER is not supported, and does nothing: the page that shows documents is always there"
    ]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PACT_BROKER_ORDER_VERSIONS_BY_DATE", "false", "versions are ordered by when they came"),
        ("PACT_BROKER_USE_CASE_SENSITIVE_RESOURCE_NAMES", "false", "names that differ in case"),
        ("PACT_BROKER_CONF", "/etc/pact_broker.yml", "from variables alone"),
        (
            "PACT_BROKER_BASIC_AUTH_PASSWORD_ENVIRONMENT_VARIABLE_NAME",
            "P",
            "set PACT_BROKER_BASIC_AUTH_PASSWORD itself",
        ),
    ],
)
def test_what_must_not_be_passed_over_keeps_the_broker_from_starting(variable, value, words):
    with pytest.raises(SettingsError, match=f"{variable} is not supported: .*{words}"):
        Settings.from_environment({variable: value})


def test_asking_for_what_is_done_anyway_is_no_refusal():
    Settings.from_environment({"PACT_BROKER_ORDER_VERSIONS_BY_DATE": "true"})


def test_nothing_is_both_a_setting_and_not_supported():
    assert {each.name for each in fields(Settings)} & foreign_settings.NOT_SUPPORTED.keys() == set()


def documented(heading):
    section = (
        (ROOT / "docs" / "operations.md").read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    )
    return dict(re.findall(r"^\| `PACT_BROKER_([A-Z_]+)` \| (.*?) \|", section, re.MULTILINE))


def test_every_setting_is_documented_with_its_default_and_every_documented_one_is_there():
    written = {name.lower(): value.strip("`") for name, value in documented("Settings").items()}
    defaults = {each.name: settings.shown(each.name, getattr(Settings(), each.name)) for each in fields(Settings)}
    assert written == {name: value.replace("|", "\\|") for name, value in defaults.items()}


def test_everything_that_is_not_supported_is_documented_with_its_reason():
    written = {name.lower(): reason for name, reason in documented("Not supported").items()}
    assert written == {name: each.reason for name, each in foreign_settings.NOT_SUPPORTED.items()}
