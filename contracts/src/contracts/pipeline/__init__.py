"""What a CI job does, step by step."""
