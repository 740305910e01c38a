"""`contracts clean`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from estates import Estate

from contracts.broker.app import connected
from contracts.broker.settings import Settings
from contracts.broker.store import audit, locks
from contracts.broker.store.database import Database
from contracts.cli.clean import command


@pytest.fixture
def url(tmp_path, clock):
    """A database with two versions that go, and one that stays."""
    url = f"sqlite:///{tmp_path / 'b.sqlite3'}"
    with connected(Settings(database_url=url)) as broker:
        broker.now = clock
        clock.moment -= timedelta(days=4000)
        for number in "123":
            Estate(broker).publish("Till", number, number, branch="main")
    return url


def run(url, *options, **environment):
    return CliRunner(env=environment).invoke(command, ["--database-url", url, *options])


def test_a_dry_run_reports_kept_versions_with_reasons_and_removes_nothing(url):
    outputs = [run(url, "--dry-run").output for _ in range(2)]
    assert outputs[0] == outputs[1]
    assert "stays: is the head of a branch" in outputs[0]
    assert "To remove: 2 versions, 0 branches" in outputs[0]
    assert "Nothing was removed: it was a dry run." in outputs[0]


def test_a_real_run_reports_the_same_and_the_removed_data(url):
    output = run(url, "--dry-run").output.partition("Nothing")[0]
    done = run(url)
    assert done.exit_code == 0
    assert done.output.startswith(output)
    assert "Removed: " in done.output
    assert "To remove: 0 versions" in run(url).output
    database = Database(url)
    with database.reading() as connection:
        resources = [each.act.resource for each in audit.every(connection)]
    database.dispose()
    assert resources == ["contracts clean"]


def test_variables_count_and_options_win_over_them(url):
    variables = {"PACT_BROKER_DATABASE_CLEAN_DRY_RUN": "true", "PACT_BROKER_DATABASE_CLEAN_DELETION_LIMIT": "1"}
    output = run(url, **variables).output
    assert "To remove: 1 versions" in output
    assert "1 more versions may go in later runs: one removes at most 1." in output
    assert "Nothing was removed" in output
    assert "To remove: 2 versions" in run(url, "--limit", "9", **variables).output
    assert "Removed: " in run(url, "--no-dry-run", **variables).output


def test_selectors_of_ones_own(url):
    assert "To remove: 0 versions" in run(url, "--keep", '[{"pacticipant":"Till"}]').output


def test_on_a_terminal_it_asks_first(url, monkeypatch):
    monkeypatch.setattr("contracts.cli.clean._on_terminal", lambda: True)
    refused = CliRunner().invoke(command, ["--database-url", url], input="n\n")
    assert (refused.exit_code, "Removed" in refused.output) == (1, False)
    assert "Nothing was removed." in refused.output
    assert "Removed: " in CliRunner().invoke(command, ["--database-url", url], input="y\n").output


def test_a_selector_that_cannot_be_used_is_a_usage_error(url):
    result = run(url, "--keep", '[{"taf":"x"}]')
    assert (result.exit_code, "'taf' is unknown" in result.output) == (2, True)


def test_while_another_process_cleans_it_ends_with_a_status_of_its_own(url):
    other = Database(url)
    with locks.cleaning(other) as locked:
        assert locked
        result = run(url, "--yes")
    other.dispose()
    assert (result.exit_code, "Another process is cleaning" in result.stderr) == (3, True)


def test_an_unusable_database_is_reported():
    result = run("postgresql://127.0.0.1:1/none")
    assert (result.exit_code, "cannot be opened" in result.output) == (4, True)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_missing_database_is_not_created(tmp_path, options):
    file = tmp_path / "mistyped.sqlite3"
    result = run(f"sqlite:///{file}", *options)
    assert (result.exit_code, file.exists()) == (4, False)
    assert "There is no broker's database at" in result.output


@pytest.fixture
def large_url(tmp_path, clock):
    """A database with many applications, one of which loses two versions, and another one."""
    url = f"sqlite:///{tmp_path / 'large.sqlite3'}"
    with connected(Settings(database_url=url)) as broker:
        broker.now = clock
        clock.moment -= timedelta(days=4000)
        for application, versions in {**{f"App{number:02}": 1 for number in range(25)}, "Most": 3, "Some": 2}.items():
            for version in range(versions):
                Estate(broker).publish(application, str(version), str(version), branch="main")
    return url


def test_of_many_applications_the_summary_comes_first_and_the_list_is_short(large_url):
    lines = run(large_url, "--dry-run").stdout.splitlines()
    assert lines[0].startswith("To remove: 3 versions")
    assert lines[1] == "To keep: 27 versions:"
    assert [line.split()[0] for line in lines if line[:4] in {"Most", "Some"}] == ["Most", "Some"]
    assert not any("App0" in line for line in lines)
    assert "… and 25 more applications, which lose fewer versions or none: --verbose lists them all." in lines
    assert len(lines) < 15


def test_of_many_applications_that_lose_nothing_only_the_totals_are_shown(large_url):
    lines = run(large_url, "--dry-run", "--keep", '[{"max_age": 9999}]').stdout.splitlines()
    assert '  3: selected by {"max_age":9999}' in lines
    assert "None of 27 applications loses a version: --verbose lists them." in lines


def test_every_application_is_listed_on_request(large_url):
    output = run(large_url, "--dry-run", "--verbose").stdout
    assert all(f"App{number:02} " in output for number in range(25))


def test_how_far_it_is_goes_to_standard_error(url):
    result = run(url)
    assert "Looking for what can be removed" in result.stderr
    assert "  … versions: 0 of 2" in result.stderr
    assert "…" not in result.stdout


def test_help_has_its_statuses_in_lines_of_their_own():
    output = CliRunner().invoke(command, ["--help"], terminal_width=80).output
    assert "\n  Exit status: 0 done" in output
    assert "\\b" not in output
    assert all(len(line) <= 80 for line in output.splitlines())
