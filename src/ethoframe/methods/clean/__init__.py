"""tracks → tracks."""
