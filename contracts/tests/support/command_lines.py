"""The build that tests of commands run in."""

COMMIT = "1f3a" * 10
