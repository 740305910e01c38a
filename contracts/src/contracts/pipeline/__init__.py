"""Names from before 0.2, for scripts that import them: use `contracts.ci` and `contracts.verification`."""
