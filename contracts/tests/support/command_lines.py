"""The build that tests of commands run in, and arguments of each command."""

COMMIT = "1f3a" * 10

UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
HOOK = ("http://127.0.0.1:1/", "--contract-published")
TILL = ("--pacticipant", "till", "--version", "1")
QUESTIONS = {
    "list-pacticipants": (),
    "describe-pacticipant": ("--name", "till"),
    "create-or-update-pacticipant": ("--name", "till"),
    "describe-version": TILL,
    "create-or-update-version": TILL,
    "describe-version --environment": ("--pacticipant", "till", "--environment", "live"),
    "create-version-tag": (*TILL, "--tag", "a"),
    "delete-version-tag": (*TILL, "--tag", "b"),
    "list-branches": ("--pacticipant", "till"),
    "delete-branch": ("--pacticipant", "till", "--branch", "none"),
    "list-environments": (),
    "describe-environment": ("--name", "live"),
    "create-environment": ("--name", "new"),
    "update-environment": ("--uuid", "{live}", "--display-name", "Live"),
    "delete-environment": ("--name", "old"),
    "record-deployment": (*TILL, "--environment", "live"),
    "record-undeployment": ("--pacticipant", "till", "--environment", "gone"),
    "record-release": (*TILL, "--environment", "live"),
    "record-support-ended": (*TILL, "--environment", "ended"),
    "can-i-deploy": (*TILL, "--to-environment", "live", "--dry-run", "--wait-seconds", "0"),
    "can-i-merge": (*TILL, "--dry-run", "--wait-seconds", "0"),
    "publish": ("pacts", "--version", "1"),
    "list-latest-pact-versions": (),
    "get-pacts": ("--provider", "ledger"),
    "export-pacts": ("--provider", "ledger", "pacts.json"),
    "provider-states list": ("--provider", "ledger"),
    "list-webhooks": (),
    "describe-webhook": ("--uuid", UUID),
    "create-webhook": HOOK,
    "create-or-update-webhook": ("--uuid", UUID, *HOOK),
    "delete-webhook": ("--uuid", "a" * 20),
    "dry-run-webhook": ("--uuid", UUID),
    "webhook-log": (),
    "secret list": (),
    "token list": (),
    "audit list": (),
    "jobs list": (),
    "report": (),
    "why": (*TILL, "--to-environment", "live"),
}
