"""Contract testing with pytest: a plugin that is active wherever this package is installed.

* `pact`: a contract test of a consumer (`contracts.testing.consumers`);
* `verify_provider`: verification of a provider, a test for each interaction (`contracts.testing.providers`);
* `pact_broker`, `session_pact_broker`, `seeded_pact_broker`: a running broker (`contracts.testing.brokers`).

Without pytest:

    from contracts.testing import running_broker

    with running_broker() as broker:
        requests.get(broker.base_url)
"""

from contracts.testing.brokers import RunningBroker, running_broker


__all__ = ["RunningBroker", "running_broker"]
