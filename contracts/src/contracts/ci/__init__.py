"""The steps of a CI job in any project: detect the build, publish, ask can-i-deploy, report.

`contracts.ci.applications` has the steps of one application, `contracts.ci.exit_statuses` the exit statuses.
"""
