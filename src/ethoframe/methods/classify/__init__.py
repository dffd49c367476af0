"""tracks → a verdict."""
