"""The broker in SQL: the only place that speaks SQLAlchemy."""
