"""Pages for people: the same questions as the API asks, rendered as HTML."""
