"""The data that a cleaning removes and keeps, in SQL."""
