"""Variables that are not settings: unsupported ones, and those of clients."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from contracts.broker import foreign_settings, settings
from contracts.broker.settings import Settings, SettingsError


ROOT = Path(__file__).parents[3]
PACKAGES = ("client", "ci", "verification", "fake_ci", "testing")
CLIENT_SIDE = (*(f"contracts/src/contracts/{each}" for each in PACKAGES), "tasks.py", "commands", ".github")


def test_an_unknown_name_is_reported_with_the_closest_setting():
    assert settings.warnings({"PACT_BROKER_USER_AGNT": "x", "PACT_BROKER_ZZZZ": "", "OTHER": ""}) == [
        "PACT_BROKER_USER_AGNT is not a setting of this broker; did you mean PACT_BROKER_USER_AGENT?",
        "PACT_BROKER_ZZZZ is not a setting of this broker",
    ]


def test_settings_and_their_second_names_are_not_reported():
    names = [*(each.name for each in fields(Settings)), "base_urls"]
    assert settings.warnings({f"PACT_BROKER_{each.upper()}": "" for each in names}) == []


def test_the_variables_of_pipelines_are_not_reported():
    files = [
        each
        for place in CLIENT_SIDE
        for each in [ROOT / place, *(ROOT / place).rglob("*")]
        if each.is_file() and each.suffix != ".pyc"
    ]
    read = {
        name for each in files for name in re.findall(r"PACT_BROKER_[A-Z_]*[A-Z]", each.read_text("utf-8", "ignore"))
    }
    assert {"PACT_BROKER_TOKEN", "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS"} <= read
    assert settings.warnings(dict.fromkeys(read, "x")) == []


def test_an_unsupported_setting_is_reported_only_if_its_value_changes_something():
    environ = {"PACT_BROKER_USE_HAL_BROWSER": "FALSE", "PACT_BROKER_SEED_EXAMPLE_DATA": "False"}
    (warning,) = settings.warnings(environ)
    assert warning.startswith("PACT_BROKER_USE_HAL_BROWSER is not supported and has no effect: ")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PACT_BROKER_ORDER_VERSIONS_BY_DATE", "false", "versions are ordered by date"),
        ("PACT_BROKER_USE_CASE_SENSITIVE_RESOURCE_NAMES", "false", "names that differ in case"),
        ("PACT_BROKER_CONF", "/etc/pact_broker.yml", "only from variables"),
        (
            "PACT_BROKER_BASIC_AUTH_PASSWORD_ENVIRONMENT_VARIABLE_NAME",
            "P",
            "set PACT_BROKER_BASIC_AUTH_PASSWORD instead",
        ),
    ],
)
def test_the_broker_does_not_start_if_ignoring_a_variable_is_dangerous(variable, value, words):
    with pytest.raises(SettingsError, match=f"{variable} is not supported: .*{words}"):
        Settings.from_environment({variable: value})


def test_a_value_that_changes_nothing_is_accepted():
    Settings.from_environment({"PACT_BROKER_ORDER_VERSIONS_BY_DATE": "true"})


def test_no_setting_is_also_listed_as_unsupported():
    assert {each.name for each in fields(Settings)} & foreign_settings.NOT_SUPPORTED.keys() == set()


def test_every_unsupported_setting_is_documented_with_its_reason():
    section = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("\n## Not supported\n")[2]
    rows = re.findall(r"^\| `PACT_BROKER_([A-Z_]+)` \| (.*?) \| (.*?) \|$", section, re.MULTILINE)
    assert [(name.lower(), reason, consequence == "does not start") for name, reason, consequence in rows] == [
        (name, each.reason, each.refused) for name, each in foreign_settings.NOT_SUPPORTED.items()
    ]
