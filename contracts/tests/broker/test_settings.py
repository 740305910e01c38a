"""Every setting of the broker."""

from __future__ import annotations

import pytest

from contracts.broker.settings import Settings, SettingsError


def test_a_setting_is_read_from_its_variable():
    settings = Settings.from_environment(
        {
            "PACT_BROKER_PORT": "80",
            "PACT_BROKER_BASE_URL": "http://a http://b",
            "PACT_BROKER_BASIC_AUTH_ENABLED": "TRUE",
            "PACT_BROKER_WEBHOOK_RETRY_SCHEDULE": "1 2 3",
            "PACT_BROKER_LOG_LEVEL": "debug",
        }
    )

    assert (settings.port, settings.base_url, settings.basic_auth_enabled) == (80, ("http://a", "http://b"), True)
    assert (settings.webhook_retry_schedule, settings.log_level) == ((1, 2, 3), "debug")


def test_an_option_wins_over_its_variable_and_none_is_no_option():
    settings = Settings.from_environment({"PACT_BROKER_PORT": "80"}, port=81, host=None)

    assert (settings.port, settings.host) == (81, "127.0.0.1")


@pytest.mark.parametrize(
    ("variable", "value", "takes"),
    [
        ("PACT_BROKER_PORT", "many", "a whole number"),
        ("PACT_BROKER_ALLOW_PUBLIC_READ", "perhaps", "true or false"),
        ("PACT_BROKER_WEBHOOK_RETRY_SCHEDULE", "1 soon", "whole numbers separated by spaces"),
    ],
)
def test_a_value_of_another_kind_is_an_error_that_names_the_variable(variable, value, takes):
    with pytest.raises(SettingsError, match=f"{variable} is '{value}', but takes {takes}"):
        Settings.from_environment({variable: value})


def test_passwords_are_never_printed():
    assert "s3cret" not in repr(Settings(basic_auth_password="s3cret", basic_auth_read_only_password="s3cret"))
