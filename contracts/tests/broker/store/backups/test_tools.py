"""Finding pg_dump and pg_restore, and running them."""

from __future__ import annotations

import sys

import pytest

from contracts.broker.store.backups import BackupError, tools


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts here")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Makes a folder with programs of a version; the machine has no others."""
    monkeypatch.setattr(tools, "_USUAL_FOLDERS", {})
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def folder(name, version):
        place = tmp_path / name
        place.mkdir()
        for program in ("pg_dump", "pg_restore"):
            (place / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version} (Debian)'\n")
            (place / program).chmod(0o755)
        return place

    return folder


def test_the_programs_in_path_are_used_if_they_fit(folder):
    place = folder("bin", "16.4")
    assert tools.fitting(16, None, None) == tools.Tools(
        dump=str(place / "pg_dump"), restore=str(place / "pg_restore"), version=16
    )


def test_programs_beside_the_servers_are_used_if_those_in_path_are_too_old(folder):
    folder("bin", "14.1")
    place = folder("server", "17.2")
    assert tools.fitting(16, None, str(place)).dump == str(place / "pg_dump")


def test_the_closest_version_is_preferred(folder):
    """A dump of newer programs can contain what an older server does not understand."""
    folder("bin", "18.0")
    assert tools.fitting(16, None, str(folder("server", "16.1"))).version == 16


def test_older_programs_are_refused_with_both_versions(folder):
    folder("bin", "14.1")
    with pytest.raises(BackupError, match=r"server is PostgreSQL 16, and .*pg_dump has version 14: it cannot read"):
        tools.fitting(16, None, None)


def test_a_named_folder_is_the_only_place(folder, tmp_path):
    folder("bin", "16.4")
    with pytest.raises(BackupError, match=f"are not in {tmp_path / 'none'}. Install the client programs"):
        tools.fitting(16, tmp_path / "none", None)


def test_missing_programs_are_explained(folder):  # noqa: ARG001
    with pytest.raises(BackupError, match=r"Install the client programs of PostgreSQL 16, or name their folder"):
        tools.fitting(16, None, None)


def test_messages_arrive_line_by_line_and_the_last_errors_explain_a_failure():
    lines = []
    script = "import sys; print('one', file=sys.stderr); print('pg_dump: error: no such role', file=sys.stderr)"
    with pytest.raises(BackupError, match="no such role"):
        tools.run([sys.executable, "-c", f"{script}; sys.exit(1)"], {}, lines.append)
    assert lines == ["one", "pg_dump: error: no such role"]


def test_a_failure_in_the_middle_of_the_output_is_an_error():
    with (
        pytest.raises(BackupError, match="out of memory"),
        tools.output([sys.executable, "-c", "print(1); exit('out of memory')"], {}) as lines,
    ):
        assert list(lines) == ["1\n"]


def test_a_program_that_cannot_start_is_named():
    with pytest.raises(BackupError, match=r"/no/pg_dump cannot be started: No such file"):
        tools.run(["/no/pg_dump"], {})
