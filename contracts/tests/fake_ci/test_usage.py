import subprocess
import sys

from contracts.fake_ci import usage


def test_using(tmp_path):
    """Whoever uses a folder is known while it lasts."""
    folder = tmp_path / "users"
    assert usage.users(folder) == {}

    with usage.using(folder, "somebody"):
        assert list(usage.users(folder).values()) == ["somebody"]
    assert usage.users(folder) == {}


def test_whoever_was_killed(tmp_path):
    """A process that was killed, and so left its file behind, does not count; another one that lives does."""
    uses = "import sys; from pathlib import Path; from contracts.fake_ci.usage import using\n"
    uses += "with using(Path(sys.argv[1]), 'other'): print('uses', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", uses, str(tmp_path / "users")]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "uses\n"
        assert usage.users(tmp_path / "users") == {process.pid: "other"}
        process.kill()

    assert usage.users(tmp_path / "users") == {}
    assert [path.name for path in (tmp_path / "users").iterdir()] == [str(process.pid)]
