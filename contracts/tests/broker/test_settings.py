"""Every setting of the broker."""

from __future__ import annotations

import pickle
import re

import pytest

from contracts.broker.settings import SETTINGS, LogLevel, Settings, SettingsError


def test_a_setting_is_read_from_its_variable():
    settings = Settings.from_environment(
        {
            "PACT_BROKER_PORT": "80",
            "PACT_BROKER_BASE_URL": "http://a http://b",
            "PACT_BROKER_PUBLIC_HEARTBEAT": "TRUE",
            "PACT_BROKER_WEBHOOK_RETRY_SCHEDULE": "1 2 3",
            "PACT_BROKER_LOG_LEVEL": "debug",
        }
    )

    assert (settings.port, settings.base_url, settings.public_heartbeat) == (80, ("http://a", "http://b"), True)
    assert (settings.webhook_retry_schedule, settings.log_level) == ((1, 2, 3), "debug")


def test_an_option_wins_over_its_variable_unless_it_is_none():
    settings = Settings.from_environment({"PACT_BROKER_PORT": "80"}, port=81, host=None)

    assert (settings.port, settings.host) == (81, "127.0.0.1")


@pytest.mark.parametrize(
    ("variable", "value", "takes"),
    [
        ("PACT_BROKER_PORT", "many", "a whole number from 0 to 65535"),
        ("PACT_BROKER_ALLOW_PUBLIC_READ", "perhaps", "true or false"),
        ("PACT_BROKER_WEBHOOK_RETRY_SCHEDULE", "1 soon", "whole numbers of seconds, at least 0, separated by spaces"),
    ],
)
def test_an_error_names_the_variable_its_value_and_what_it_takes(variable, value, takes):
    with pytest.raises(SettingsError, match=f"{variable} must be {takes}, not '{value}'"):
        Settings.from_environment({variable: value})


@pytest.mark.parametrize(("workers", "each"), [(1, 40), (3, 13), (64, 1)])
def test_processes_share_the_connections(workers, each):
    assert Settings(workers=workers).connections_of_each_process == each


def test_passwords_are_never_printed():
    accounts = {
        f"basic_auth_{each}": "s3cret" if each.endswith("password") else "somebody"
        for each in ("username", "password", "read_only_username", "read_only_password")
    }
    assert "s3cret" not in repr(Settings(basic_auth_enabled=True, **accounts))


DATABASE = {
    "PACT_BROKER_DATABASE_NAME": "pact",
    "PACT_BROKER_DATABASE_USERNAME": "me",
    "PACT_BROKER_DATABASE_HOST": "db",
}


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "postgres://me@db/pact"),
        (
            {"PACT_BROKER_DATABASE_PASSWORD": "s/3@t", "PACT_BROKER_DATABASE_PORT": "99"},
            "postgres://me:s%2F3%40t@db:99/pact",
        ),
        ({"PACT_BROKER_DATABASE_SSLMODE": "require"}, "postgres://me@db/pact?sslmode=require"),
        ({"PACT_BROKER_DATABASE_ADAPTER": "sqlite"}, "sqlite:///pact"),
        ({"PACT_BROKER_DATABASE_URL": "postgres://db/other"}, "postgres://db/other"),
    ],
)
def test_the_database_url_is_completed_from_parts_unless_it_is_set(variables, url):
    assert Settings.from_environment(DATABASE | variables).database_url == url


def test_the_ssl_mode_is_added_to_a_whole_url():
    settings = Settings(database_url="postgresql://db/pact?connect_timeout=3", database_sslmode="verify-full")
    assert settings.database_url == "postgresql://db/pact?connect_timeout=3&sslmode=verify-full"


def test_parts_without_a_name_are_an_error():
    with pytest.raises(SettingsError, match="set PACT_BROKER_DATABASE_NAME"):
        Settings.from_environment({"PACT_BROKER_DATABASE_HOST": "db"})


def test_a_second_name_counts_if_the_first_is_not_set():
    assert Settings.from_environment({"PACT_BROKER_BASE_URLS": "http://a http://b"}).base_url == (
        "http://a",
        "http://b",
    )
    both = {"PACT_BROKER_BASE_URLS": "http://a", "PACT_BROKER_BASE_URL": "http://c"}
    assert Settings.from_environment(both).base_url == ("http://c",)


@pytest.mark.parametrize(("word", "level"), [("WARN", "warning"), ("Debug", "debug"), ("fatal", "critical")])
def test_the_reference_broker_s_words_for_log_levels_are_accepted(word, level):
    assert Settings.from_environment({"PACT_BROKER_LOG_LEVEL": word}).log_level is LogLevel(level)


def test_another_log_level_is_an_error():
    with pytest.raises(SettingsError, match="must be debug, info, warning, error or critical, not 'loud'"):
        Settings.from_environment({"PACT_BROKER_LOG_LEVEL": "loud"})


def test_a_missing_certificate_is_an_error():
    with pytest.raises(SettingsError, match=r"not '/no/such\.pem': /no/such\.pem does not exist"):
        Settings.from_environment({"PACT_BROKER_WEBHOOK_CERTIFICATES": "/no/such.pem"})


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("database_url", "postgresql://me:s3cret@db/pact", "postgresql://me:*****@db/pact"),
        (
            "database_url",
            "postgresql://db/pact?user=me&password=s3cret&x=1",
            "postgresql://db/pact?user=me&password=*****&x=1",
        ),
        ("database_url", "sqlite:///pact.sqlite3", "sqlite:///pact.sqlite3"),
        ("database_url", "sqlite:////a:b@c/pact.sqlite3", "sqlite:////a:b@c/pact.sqlite3"),
        ("database_url", "postgresql://me:s3/cr3t@db/pact", "postgresql://me:*****@db/pact"),
        ("database_url", "postgresql://me:s3@cr3t@db/pact", "postgresql://me:*****@db/pact"),
        ("database_url", "postgresql://me:s3 cr?3t@db/pact", "postgresql://me:*****@db/pact"),
        ("database_url", "postgresql:/me:s3cr3t@db/pact", "postgresql:/me:*****@db/pact"),
        ("database_url", "me:s3cr3t@db/pact", "me:*****@db/pact"),
        ("database_url", "postgresql://me@db/pact", "postgresql://me@db/pact"),
        ("database_url", "postgresql://db/pact?sslpassword=s3@cr3t&x=1", "postgresql://db/pact?sslpassword=*****&x=1"),
        ("database_url", "postgresql://db/pact;password=s3cr3t", "postgresql://db/pact;password=*****"),
        ("database_url", "postgresql://db/pact?passfile=/a", "postgresql://db/pact?passfile=/a"),
        ("database_host", "me:s3cr3t@db", "me:*****@db"),
        ("user_agent", "me: a@b", "me: a@b"),
        ("base_url", ("https://u:p@a/x", "https://b"), "https://u:*****@a/x https://b"),
        ("basic_auth_password", "s3cret", "*****"),
        ("basic_auth_password", "", ""),
        ("public_heartbeat", True, "true"),
        ("webhook_retry_schedule", (1, 2), "1 2"),
    ],
)
def test_a_value_is_shown_as_its_variable_takes_it_without_passwords(name, value, text):
    assert SETTINGS[name].kind.shown(value) == text


def test_a_user_name_and_a_password_switch_authentication_on():
    account = {"PACT_BROKER_BASIC_AUTH_USERNAME": "u", "PACT_BROKER_BASIC_AUTH_PASSWORD": "p"}

    assert Settings.from_environment(account).basic_auth_enabled
    assert not Settings.from_environment({}).basic_auth_enabled


def test_a_password_and_public_writes_contradict_each_other():
    with pytest.raises(SettingsError, match="PACT_BROKER_ALLOW_PUBLIC_WRITE"):
        Settings(basic_auth_username="u", basic_auth_password="p", allow_public_write=True)


def test_a_mistyped_base_url_is_refused_without_its_password():
    with pytest.raises(SettingsError, match="must be whole URLs") as refused:
        Settings(base_url=("me:s3cr3t@broker",))
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "advice"),
    [
        ({"ENABLED": "false", "USERNAME": "u", "PASSWORD": "p"}, "set it to true, or remove"),
        ({"USERNAME": "u"}, "set both PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD"),
        ({"READ_ONLY_PASSWORD": "p"}, "set both PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD"),
        ({"ENABLED": "true"}, "set PACT_BROKER_BASIC_AUTH_USERNAME and"),
        ({"ENABLED": "true", "USERNAME": "u"}, "set PACT_BROKER_BASIC_AUTH_USERNAME and"),
        (
            {"ENABLED": "true", "USERNAME": "u", "PASSWORD": "p", "READ_ONLY_USERNAME": "r"},
            "set PACT_BROKER_BASIC_AUTH_READ_ONLY_USERNAME and",
        ),
    ],
)
def test_incomplete_and_useless_accounts_are_refused(variables, advice):
    with pytest.raises(SettingsError, match=advice):
        Settings.from_environment({f"PACT_BROKER_BASIC_AUTH_{name}": value for name, value in variables.items()})


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "99999999", "PACT_BROKER_PORT must be a whole number from 0 to 65535, not '99999999'"),
        ("PORT", "-1", "PACT_BROKER_PORT must be a whole number from 0 to 65535, not '-1'"),
        ("DATABASE_MAX_CONNECTIONS", "0", "must be a whole number, at least 1, not '0'"),
        (
            "WEBHOOK_RETRY_SCHEDULE",
            "10 -5",
            "must be whole numbers of seconds, at least 0, separated by spaces, not '10 -5'",
        ),
        ("WEBHOOK_HOST_WHITELIST", "ci /(/", r"not 'ci /\(/': /\(/ is not a regular expression"),
        (
            "BASE_URL",
            "example.com",
            "must be whole URLs separated by spaces, not 'example.com': use https://example.com",
        ),
        ("BASE_URL", "https://", "must be whole URLs"),
    ],
)
def test_a_value_out_of_range_is_refused(name, value, reason):
    with pytest.raises(SettingsError, match=reason):
        Settings.from_environment({f"PACT_BROKER_{name}": value})


def test_a_value_in_code_is_checked_like_a_variable():
    with pytest.raises(SettingsError, match="PACT_BROKER_WORKERS must be a whole number, at least 1, not '0'"):
        Settings(workers=0)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_each_setting_has_a_help_text_and_reads_its_own_default(setting):
    assert setting.help
    if setting.name.endswith("_password"):
        assert setting.default_text == ""
    else:
        assert setting.kind.read(setting.default_text) == setting.default


@pytest.mark.parametrize("value", ["shop", "[]", '{"shop": "web"}', '{"": ["web"]}', '{"shop": [""]}'])
def test_teams_are_lists_of_names(value):
    with pytest.raises(SettingsError, match="PACT_BROKER_TEAMS must be a JSON object such as"):
        Settings.from_environment({"PACT_BROKER_TEAMS": value})


def test_a_file_of_trusted_builds_is_read_at_start(tmp_path):
    entry = '[[builds]]\nservice = "github"\nmatch = { repository = "org/web" }\n'
    path = tmp_path / "builds.toml"
    environ = {"PACT_BROKER_TRUSTED_CI": str(path), "PACT_BROKER_REQUIRE_TOKENS": "true"}
    beginning = re.escape(f"PACT_BROKER_TRUSTED_CI must be the path of a TOML file of trusted builds, not '{path}': ")

    for content, reason in (
        (None, r"it cannot be read \(No such file or directory\): correct the path"),
        (entry, "line 1: the audience is missing"),
        (f'audience = "a"\n{entry}keys = "keys.json"', "the file of keys .*keys.json: it cannot be read"),
    ):
        if content is not None:
            path.write_text(content)
        with pytest.raises(SettingsError, match=beginning + reason):
            Settings.from_environment(environ)

    path.write_text(f'audience = "a"\n{entry}')
    settings = Settings.from_environment(environ)
    assert settings.trusted_ci.path == path
    copy = pickle.loads(pickle.dumps(settings))  # noqa: S301, as each worker process gets it
    assert copy == settings
    with pytest.raises(SettingsError, match="set PACT_BROKER_REQUIRE_TOKENS to true"):
        Settings.from_environment({"PACT_BROKER_TRUSTED_CI": str(path)})
