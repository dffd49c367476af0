"""One page over many pictures: a small picture, the numbers and what to know of each."""

from ethoframe.report.album.index import write_album

__all__ = ["write_album"]
