"""tracks → episodes."""
