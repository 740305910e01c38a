"""`contracts doctor`: what is wrong or missing before contract tests can run, each with the command that fixes it.

findings.py      one finding: area, level, text, fix
surroundings.py  what is examined: the folder, its declaration, the environment, the broker
builds.py        git and CI: which commit, branch and build this is, and why
workflows.py     whether the jobs of workflows on GitHub have credentials for the broker
declarations.py  the declared applications and what they name
pact_checks.py   pact files and provider states
brokers.py       the broker: address, credentials, permissions, features, clock
objects.py       what the broker has: applications, environments, webhooks, deliveries
jobs.py          the verifications that providers need, and get no result by themselves
libraries.py     installed packages
examination.py   all of it, in order
"""
