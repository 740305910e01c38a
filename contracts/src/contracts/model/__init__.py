"""The rules of the domain, free of I/O: standard library only."""
