"""The methods of the client, one module for each noun; `contracts.client.broker.Broker` has them all."""
