"""The page of a fitted model: what it is, how right it is, and what it rests on."""

from ethoframe.report.model.page import PAGE, write

__all__ = ["PAGE", "write"]
