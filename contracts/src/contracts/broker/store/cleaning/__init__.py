"""What a cleaning removes and what it keeps, in SQL."""
