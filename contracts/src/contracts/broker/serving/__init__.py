"""The processes, the port, and the limits of those that are answered at once."""
