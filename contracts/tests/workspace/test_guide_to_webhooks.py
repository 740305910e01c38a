"""The code of the guide to webhooks that verifies deliveries, copied from there and run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.model import signatures
from contracts.model.signatures import Signing


GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "webhooks.md").read_text("utf-8")
BODY = '{"name": "Till é"}'.encode()
SECRET = signatures.generate()
OTHER = signatures.generate()


def code(language):
    (text,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return text


def delivery(*secrets, age=0):
    return Signing(id="d-1", at=datetime.now(UTC) - timedelta(seconds=age), secrets=secrets).headers(BODY, ())


def cases():
    """Each delivery by its secret, headers and body, and whether a receiver accepts it."""
    rotation = delivery(OTHER, SECRET)
    return [
        (SECRET, delivery(SECRET), BODY, True),
        (SECRET, rotation, BODY, True),
        (OTHER, rotation, BODY, True),
        (SECRET, rotation, BODY + b" ", False),
        (SECRET, delivery(OTHER), BODY, False),
        (SECRET, delivery(SECRET, age=400), BODY, False),
        (SECRET, delivery(SECRET, age=-400), BODY, False),
        (SECRET, delivery(SECRET) | {"webhook-id": "d-2"}, BODY, False),
        (SECRET, delivery(SECRET) | {"webhook-timestamp": "never"}, BODY, False),
        (SECRET, delivery(SECRET) | {"webhook-signature": "v1,é"}, BODY, False),
        ("", delivery(SECRET), BODY, False),
        (SECRET[:30], delivery(SECRET), BODY, False),
    ]


def accepted_by_python(secret, headers, body):
    names = {}
    exec(code("python"), names)  # noqa: S102, our own documentation
    try:
        return names["verify"](secret, headers, body) == "d-1"
    except ValueError:
        return False


def test_the_python_code_accepts_signed_deliveries_only():
    assert [accepted_by_python(*each[:3]) for each in cases()] == [each[3] for each in cases()]


def test_the_javascript_code_accepts_signed_deliveries_only(tmp_path):
    if (node := shutil.which("node")) is None:
        pytest.skip("Node.js is not installed")
    program = (
        code("javascript")
        + """
const cases = JSON.parse(require("node:fs").readFileSync(0));
const accepted = cases.map(([secret, headers, body]) => {
  try {
    return verify(secret, headers, Buffer.from(body)) === "d-1";
  } catch {
    return false;
  }
});
console.log(JSON.stringify(accepted));
"""
    )
    (tmp_path / "receiver.js").write_text(program, "utf-8")
    tried = cases()
    deliveries = json.dumps([[secret, headers, body.decode()] for secret, headers, body, _ in tried])
    done = subprocess.run(
        [node, "receiver.js"], cwd=tmp_path, input=deliveries.encode(), capture_output=True, check=False
    )
    assert done.stderr == b""
    assert json.loads(done.stdout) == [each[3] for each in tried]


@pytest.mark.thorough
def test_the_java_code_accepts_signed_deliveries_only(tmp_path):
    if (java := shutil.which("java")) is None or shutil.which("javac") is None:
        pytest.skip("a Java development kit is not installed")
    text = code("java")
    imports = "\n".join(line for line in text.splitlines() if line.startswith("import "))
    rest = "\n".join(line for line in text.splitlines() if not line.startswith("import "))
    main = """
class Main {
    public static void main(String[] words) {
        for (int i = 0; i < words.length; i += 5) {
            java.util.Map<String, java.util.List<String>> headers = new java.util.HashMap<>();
            headers.put("webhook-id", java.util.List.of(words[i + 1]));
            headers.put("webhook-timestamp", java.util.List.of(words[i + 2]));
            headers.put("webhook-signature", java.util.List.of(words[i + 3]));
            byte[] body = words[i + 4].getBytes(StandardCharsets.UTF_8);
            try {
                System.out.println(Deliveries.verify(words[i], HttpHeaders.of(headers, (a, b) -> true), body));
            } catch (Exception error) {
                System.out.println("refused");
            }
        }
    }
}
"""
    (tmp_path / "Main.java").write_text(f"{imports}\n{main}\n{rest}", "utf-8")
    tried = [each for each in cases() if each[1]["webhook-signature"].isascii()]
    arguments = []
    for secret, headers, body, _ in tried:
        values = [headers[name] for name in (signatures.ID, signatures.TIMESTAMP, signatures.SIGNATURE)]
        arguments += [secret, *values, body.decode()]
    command = [java, "-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8", "Main.java", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [each == "d-1" for each in done.stdout.splitlines()] == [each[3] for each in tried]
