"""The report of one method applied to one picture, volume or recording."""

from ethoframe.report.picture.card import FILE
from ethoframe.report.picture.page import write_page

__all__ = ["FILE", "write_page"]
