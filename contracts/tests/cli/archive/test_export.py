"""`contracts export`: the file holds everything, and `contracts import` reads it."""

from __future__ import annotations

import json
import stat
from datetime import timedelta

import pytest
from click.testing import CliRunner
from random_histories import live
from sqlalchemy import create_engine, make_url, text

from contracts.broker import vault_keys
from contracts.broker.actions import seal, sign
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import migrations, secrets, webhooks
from contracts.broker.store.database import Database
from contracts.cli import main
from contracts.model.secrets import NewSecret, Sealed
from contracts.model.webhooks import NewWebhook, WebhookRequest


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def estate(tmp_path):
    """A database with a history."""
    url = f"sqlite:///{tmp_path / 'source.sqlite3'}"
    database = Database(url)
    migrations.prepare(database)
    live(Runtime(settings=Settings(), database=database), 7, steps=120, hidden=True)
    request = WebhookRequest(method="POST", url="https://ci.example.org", headers={"x-api-key": "k"}, password="hush")
    new = NewWebhook(
        description=None, enabled=True, consumer=None, provider=None, request=request, events=("contract_published",)
    )
    runtime = Runtime(settings=Settings(database_url=url), database=database)
    with database.writing() as connection:
        webhooks.create(connection, "0123456789abcdef", seal.webhook(runtime, connection, new), runtime.now())
        sign.rotate(runtime, connection, webhooks.find(connection, "0123456789abcdef"), timedelta())
        sealed = NewSecret(name="TOKEN", description=None, created_by="", value=Sealed(runtime.vault.encrypt("secr3t")))
        secrets.add(connection, sealed, "a-secret", runtime.now())
    database.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def copy(request, tmp_path):
    """The address of a database, of each kind, which is empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'copy.sqlite3'}"
        return
    address = request.getfixturevalue("postgresql_url")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE estates"))
        yield make_url(address).set(database="estates").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE estates WITH (FORCE)"))
    engine.dispose()


def test_export_import_and_export_give_the_same_file(estate, tmp_path, copy, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    assert run("export", first, "--database-url", estate, "--with-secrets").exit_code == 0
    monkeypatch.setenv("PACT_BROKER_SECRETS_KEY", vault_keys.generate())
    imported = run("import", "--from", first, "--database-url", copy)
    assert imported.exit_code == 0, imported.output
    assert run("export", second, "--database-url", copy, "--with-secrets").exit_code == 0
    named = [line for line in first.read_text().splitlines(keepends=True) if "the secret 'TOKEN'" in line]
    assert second.read_text() == first.read_text().replace(*named, "")
    assert "the secret 'TOKEN': named secrets are not exported; create it again" in imported.output.replace("\n", " ")


@pytest.mark.thorough
@pytest.mark.parametrize("copy", ["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)], indirect=True)
def test_an_estate_of_many_batches_is_moved_whole(tmp_path, copy):
    source, first, second = f"sqlite:///{tmp_path / 'source.sqlite3'}", tmp_path / "first", tmp_path / "second"
    assert run("seed", "--pacts", 300, "--database-url", source).exit_code == 0
    assert run("export", first, "--database-url", source).exit_code == 0
    assert run("import", "--from", first, "--database-url", copy).exit_code == 0
    assert run("export", second, "--database-url", copy).exit_code == 0
    assert len(first.read_text().splitlines()) > 1200
    assert second.read_text() == first.read_text()


@pytest.mark.thorough
def test_the_same_estate_gives_the_same_file(estate, tmp_path):
    run("export", tmp_path / "first", "--database-url", estate)
    run("export", tmp_path / "second", "--database-url", estate)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_secrets_are_exported_only_on_request(estate, tmp_path):
    run("export", tmp_path / "file", "--database-url", estate)
    written = (tmp_path / "file").read_text()
    assert "hush" not in written
    assert "sealed:" not in written
    assert "enter them again: header x-api-key, password" in written
    assert "whsec_" not in written
    assert "create another one: contracts webhook rotate-secret --uuid 0123456789abcdef" in written


@pytest.mark.thorough
def test_secrets_on_request_are_in_clear_text(estate, tmp_path):
    run("export", tmp_path / "file", "--database-url", estate, "--with-secrets")
    written = (tmp_path / "file").read_text()
    assert '"password":"hush"' in written
    assert written.count("whsec_") == 1
    assert "secr3t" not in written
    assert "sealed:" not in written


def test_the_file_is_for_its_owner_alone(estate, tmp_path):
    run("export", tmp_path / "file", "--database-url", estate)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.thorough
def test_progress_has_a_total_from_its_first_line(estate, tmp_path):
    output = run("export", tmp_path / "file", "--database-url", estate, "--with-secrets").output
    records = len((tmp_path / "file").read_text().splitlines()) - 3  # without the header, the end, and a gap
    assert f"… records written: 0 of {records:,}" in output


@pytest.mark.thorough
def test_a_database_that_is_not_there_cannot_be_exported(tmp_path):
    result = run("export", tmp_path / "file", "--database-url", f"sqlite:///{tmp_path / 'typo.sqlite3'}")
    assert result.exit_code == 4
    assert "There is no broker's database at" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.thorough
def test_a_file_that_was_cut_off_writes_nothing(estate, tmp_path):
    file, copy = tmp_path / "file", tmp_path / "copy.sqlite3"
    run("export", file, "--database-url", estate)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))
    result = run("import", "--from", file, "--database-url", f"sqlite:///{copy}")
    assert result.exit_code == 1
    assert "was cut off" in result.output
    file.write_text("".join([lines[0], lines[1][:-10]]))
    result = run("import", "--from", file, "--database-url", f"sqlite:///{copy}")
    assert "line 2: it is not JSON" in result.output
    database = Database(f"sqlite:///{copy}")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pacticipants").scalar_one() == 0
    database.dispose()


@pytest.mark.thorough
def test_a_file_that_was_changed_is_refused_unless_it_is_to_be_taken(estate, tmp_path):
    """The results of a pact would become those of another text."""
    file, copy = tmp_path / "file", f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    assert run("export", file, "--database-url", estate).exit_code == 0
    lines = file.read_text().splitlines()
    at = next(at for at, line in enumerate(lines) if json.loads(line)["record"] == "content")
    record = json.loads(lines[at])
    lines[at] = json.dumps(record | {"text": '{"interactions":[{"description":"another"}]}'})
    file.write_text("\n".join(lines) + "\n")

    refused = run("import", "--from", file, "--database-url", copy)
    assert (refused.exit_code, "was changed" in refused.output) == (1, True), refused.output
    taken = run("import", "--from", file, "--database-url", copy, "--accept-other-identities")
    assert (taken.exit_code, "there before" in taken.output.lower()) == (0, True), taken.output


@pytest.mark.thorough
def test_a_missing_folder_is_wrong_usage(estate, tmp_path):
    result = run("export", tmp_path / "none" / "file", "--database-url", estate)
    assert (result.exit_code, "does not exist" in result.output) == (2, True)


@pytest.mark.thorough
def test_an_export_follows_no_link_and_adopts_no_mode(estate, tmp_path):
    precious, file = tmp_path / "precious", tmp_path / "estate"
    precious.write_text("precious")
    part = tmp_path / "estate.part"
    part.symlink_to(precious)

    assert run("export", file, "--database-url", estate).exit_code == 0
    assert precious.read_text() == "precious"

    part.touch()
    part.chmod(0o666)
    assert run("export", file, "--database-url", estate).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not part.exists()
