"""The only room that knows how: passes, batches, threads, journal, several recordings."""

from ethoframe.run.apply import apply

__all__ = ["apply"]
