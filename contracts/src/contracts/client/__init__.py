"""A typed client for any Pact Broker or PactFlow."""
