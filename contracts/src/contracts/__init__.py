"""Contract testing for Python: broker client, CI steps, strict verification and an embedded Pact Broker.

* `contracts.model`: the rules of the domain, free of I/O.
* `contracts.client`: a typed client for any Pact Broker or PactFlow.
* `contracts.ci`: what a CI job does: identify the build, publish, ask can-i-deploy, report.
* `contracts.verification`: strict verification of a provider.
* `contracts.fake_ci`: plays a repository's workflows on this machine.
* `contracts.broker`: the embedded Pact Broker (extra ``broker``).
* `contracts.testing`: the pytest plugin: contract tests, verification, a running broker.
* `contracts.cli`: the commands.
"""

from __future__ import annotations
