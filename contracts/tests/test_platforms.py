"""Nothing rules out Windows or macOS: what these systems lack is taken away here, and the commands still work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import private_files


WITHOUT = """
import importlib.abc, os, signal, socket, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "resource", "pwd", "grp", "termios", "uvloop"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules.pop(name, None)
for module, names in {
    os: ("O_NOFOLLOW", "O_DIRECTORY", "fchmod", "getuid", "geteuid", "fork", "mkfifo"),
    signal: ("SIGUSR1", "pthread_sigmask"),
    socket: ("SO_REUSEPORT",),
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
"""
WORK = """
import pkgutil, importlib, pathlib
import contracts
from contracts.broker.serving.connection_limits import ConnectionLimits
from contracts.broker.settings import Settings
from contracts.client import Broker
from contracts.client.documents import Contract
from contracts.testing import running_broker
from click.testing import CliRunner
from contracts.cli import main

skipped = ("contracts.fake_ci", "contracts.cli.fake_ci", "contracts.pipeline")
for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
    if not module.name.startswith(skipped) and not module.name.endswith(("__main__", ".env")):
        if ".versions." not in module.name:
            importlib.import_module(module.name)
with running_broker() as running, Broker(running.base_url) as broker:
    content = pathlib.Path(sys.argv[1]).read_bytes()
    contract = Contract(consumer="shop", provider="stock", content=content)
    broker.publish_contracts(pacticipant="shop", version="1", contracts=(contract,))
    url = f"sqlite:///{running.broker.settings.database_url.partition('///')[2]}"
    result = CliRunner().invoke(main, ["export", sys.argv[2], "--database-url", url], catch_exceptions=False)
    assert result.exit_code == 0, result.output
print(ConnectionLimits.of(Settings()).connections)
"""


@pytest.mark.thorough
def test_the_broker_and_the_commands_need_nothing_that_windows_lacks(tmp_path):
    pact = {"consumer": {"name": "shop"}, "provider": {"name": "stock"}, "interactions": [], "metadata": {}}
    (tmp_path / "pact.json").write_text(json.dumps(pact))
    command = [sys.executable, "-W", "error", "-c", WITHOUT + WORK, tmp_path / "pact.json", tmp_path / "archive"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1512"]
    assert (tmp_path / "archive").stat().st_size > 0


@pytest.mark.parametrize("flags", [private_files._NOT_THROUGH_A_LINK, 0])
def test_a_private_file_is_not_opened_through_a_link(tmp_path, monkeypatch, flags):
    monkeypatch.setattr(private_files, "_NOT_THROUGH_A_LINK", flags)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(OSError, match="symbolic links"):
        private_files.open_private(tmp_path / "link")
    assert not (tmp_path / "file").exists()


def test_no_text_file_is_read_in_the_encoding_of_the_system():
    for source in Path(private_files.__file__).parent.rglob("*.py"):
        assert ".read_text()" not in source.read_text(encoding="utf-8"), source
