"""What any project's CI job does: find out what is built, publish, ask can-i-deploy, report.

`contracts.ci.applications` is one application's steps; `contracts.ci.exit_statuses` lists what commands end with.
"""
