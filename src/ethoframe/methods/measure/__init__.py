"""tracks, episodes, arena → measures."""
