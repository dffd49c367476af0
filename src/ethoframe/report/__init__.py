"""What people read: one self-contained page for each recording, and an overlay video.

`session.Session` is what a finished run hands over, `page.write_page` and `overlay.write_overlay`
write it down. Plotting lives in this room only.
"""

from ethoframe.report.session import Session

__all__ = ["Session"]
