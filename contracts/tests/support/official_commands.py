"""Every command of `pact broker` with its arguments and outputs, for the tests of the official command line."""

from __future__ import annotations

from dataclasses import dataclass

from official_cli import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Arguments with which it succeeds, a word of what it says then; arguments with which it fails, and the reason.

    *fails* is empty where nothing that is asked can be wrong. *forms* are what `--output` takes, where it is an option.
    *after* is the command that has to come before. In braces stands what the estate has.
    """

    succeeds: str
    says: str
    fails: str = ""
    because: str = ""
    forms: tuple[str, ...] = ()
    after: str = ""


PRETTY = ("json", "text", "pretty")
TEXT = ("json", "text")
ID = ("json", "text", "id")
TABLE = ("json", "table")
TEXT_OR_TABLE = ("json", "text", "table")
TILL = "--pacticipant Till --version 1"
NOBODY = "--pacticipant Nobody --version 1"
HOOK = "http://127.0.0.1:1/ --request POST --contract-published"
COMMANDS = {
    "publish": Command(
        forms=PRETTY,
        succeeds="{pact} --consumer-app-version 2 --branch main",
        says="Till",
        fails="{pact} --consumer-app-version 1",
        because="under a new version number",
    ),
    "list-latest-pact-versions": Command(forms=TABLE, succeeds="", says="Ledger"),
    "get-pacts": Command(
        forms=TABLE, succeeds="--provider Ledger", says="Till", fails="--provider Nobody", because="404"
    ),
    "create-environment": Command(
        forms=ID,
        succeeds="--name staging",
        says="staging",
        fails="--name live",
        because="is the name of another environment",
    ),
    "update-environment": Command(
        forms=ID,
        succeeds="--uuid {environment} --name stage",
        says="stage",
        fails="--uuid none --name x",
        because="not found",
    ),
    "delete-environment": Command(
        succeeds="--uuid {environment}", says="deleted", fails="--uuid none", because="404 Not Found"
    ),
    "describe-environment": Command(
        forms=TEXT, succeeds="--uuid {environment}", says="live", fails="--uuid none", because="404 Not Found"
    ),
    "list-environments": Command(forms=PRETTY, succeeds="", says="live"),
    "record-deployment": Command(
        forms=PRETTY,
        succeeds=f"{TILL} --environment live",
        says="Till",
        fails=f"{TILL} --environment nowhere",
        because="Environment nowhere does not exist",
    ),
    "record-undeployment": Command(
        forms=PRETTY,
        succeeds="--pacticipant Till --environment live",
        says="Till",
        fails="--pacticipant Nobody --environment live",
        because="Nobody is not currently deployed",
    ),
    "record-release": Command(
        forms=PRETTY,
        succeeds=f"{TILL} --environment live",
        says="Till",
        fails=f"{NOBODY} --environment live",
        because="404",
    ),
    "record-support-ended": Command(
        forms=PRETTY,
        succeeds=f"{TILL} --environment live",
        says="Till",
        fails=f"{NOBODY} --environment live",
        because="No currently released versions",
    ),
    "can-i-deploy": Command(
        forms=TABLE,
        succeeds=f"{TILL} --to-environment live",
        says="Ledger",
        fails="--pacticipant Till --version 9 --to-environment live",
        because="does not exist. Publish its contracts",
    ),
    "can-i-merge": Command(
        forms=TABLE,
        succeeds=TILL,
        says="Ledger",
        fails="--pacticipant Till --version 9",
        because="does not exist. Publish its contracts",
    ),
    "create-or-update-pacticipant": Command(
        forms=TEXT,
        succeeds="--name Till --main-branch main",
        says="Till",
        fails="--name Till --main-branch 'a b'",
        because="cannot contain spaces",
    ),
    "describe-pacticipant": Command(
        forms=TEXT_OR_TABLE, succeeds="--name Till", says="Till", fails="--name Nobody", because="404"
    ),
    "list-pacticipants": Command(forms=TABLE, succeeds="", says="Till"),
    "create-webhook": Command(
        succeeds=HOOK, says="127.0.0.1:1", fails=f"{HOOK} --consumer Nobody", because="consumer.name"
    ),
    "create-or-update-webhook": Command(
        succeeds=f"{HOOK} --uuid {UUID}", says=UUID, fails=f"{HOOK} --uuid short", because="uuid"
    ),
    "delete-webhook": Command(succeeds="--uuid {webhook}", says="successfully deleted"),
    "test-webhook": Command(succeeds="--uuid {webhook}", says="success", fails="--uuid none", because="404"),
    "delete-branch": Command(
        succeeds="--pacticipant Till --branch main",
        says="deleted branch",
        fails="--pacticipant Till --branch none --error-when-not-found true",
        because="not found",
    ),
    "create-version-tag": Command(
        succeeds=f"{TILL} --tag prod", says="Success", fails=f"{NOBODY} --tag prod", because="does not exist"
    ),
    "delete-version-tag": Command(succeeds=f"{TILL} --tag dev", says="deleted tag"),
    "describe-version": Command(forms=TABLE, succeeds=TILL, says="dev", fails=NOBODY, because="not found"),
    "create-or-update-version": Command(
        forms=TEXT,
        succeeds=f"{TILL} --branch feat/x",
        says="Branch 'feat/x' created",
        fails=f"{TILL} --branch {'x' * 501}",
        because="cannot be longer than 500",
    ),
    "provider-states": Command(
        succeeds="list --provider Ledger",
        says="there is tea",
        fails="list --provider Nobody",
        because="404",
        after="publish",
    ),
    "generate-uuid": Command(succeeds="", says="-"),
}
ELSEWHERE = {
    "ruby": "installs and runs the reference broker, with the system's Ruby",
    "docker": "runs the reference broker in a container",
    "help": "prints the list that is read here",
}
# defects of the command line's own
TEXT_ANYWAY = {
    *("create-or-update-pacticipant", "create-or-update-version", "record-undeployment", "record-support-ended"),
}
DEAF = {
    "describe-version": "panics over the 401",
    "create-version-tag": "takes the 401 for a version that is not there",
}
