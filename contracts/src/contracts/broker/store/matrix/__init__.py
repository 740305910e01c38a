"""The matrix in SQL: the versions and pairs of a question, and the rows between them."""
