"""`contracts init`: look at a repository, and write what contract testing needs into it.

repositories.py    what is there: framework, application, test runner, CI vendor, remote, default branch
answers.py         what the person wants: role, names, folder, CI vendor
plans.py           the files to write, from both; nothing is written here
changes.py         a file before and after: shown as a diff, written, never over somebody's work
trusted_builds.py  the entry by which a broker trusts a pipeline without a stored token
rendering.py       templates filled in
templates/         the files themselves, as they are written
"""
