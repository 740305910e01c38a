"""The embedded Pact Broker: the official protocol over SQLite or PostgreSQL."""
