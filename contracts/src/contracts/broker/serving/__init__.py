"""Serving: the port, the processes, the limits for clients, and the cleaning on a schedule."""
