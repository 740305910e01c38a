"""The tasks of `tasks.py`, one module for each kind."""
