"""The contact sheet: four frames of each recording, before any work is done on it."""

from ethoframe.report.contact.cell import Cell, cell, refused
from ethoframe.report.contact.sheet import write_contact

__all__ = ["Cell", "cell", "refused", "write_contact"]
