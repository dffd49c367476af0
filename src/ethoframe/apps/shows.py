"""Pages and clips that a batch writes beside its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ethoframe.run.order import Finding, Show

if TYPE_CHECKING:
    from ethoframe.report.session import Session


def page(path: Path, finding: Finding) -> None:
    """The report."""
    from ethoframe.report.page import write_page

    write_page(path, _session(finding))


def overlay(path: Path, finding: Finding) -> None:
    """The video with the tracks drawn in."""
    from ethoframe.report.overlay import write_overlay

    write_overlay(path, _session(finding))


PAGE = Show("report.html", page)
OVERLAY = Show("overlay.mp4", overlay)


def _session(finding: Finding) -> Session:
    from ethoframe.report.session import Session

    signed = finding.provenance
    return Session(
        finding.recording,
        finding.answers,
        finding.measures,
        signed,
        str(signed.get("command", "")),
        finding.warnings,
    )
