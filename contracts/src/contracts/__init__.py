"""Contract testing for Python: broker client, pipeline steps and an embedded Pact Broker.

* `contracts.model`: the rules of the domain, free of I/O.
* `contracts.client`: a typed client for any Pact Broker or PactFlow.
* `contracts.pipeline`: what a CI job does: publish, verify, ask can-i-deploy, dispatch.
* `contracts.broker`: the embedded Pact Broker (extra ``broker``).
* `contracts.testing`: a running broker for tests.
"""

from __future__ import annotations
