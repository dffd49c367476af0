"""Pages and clips that a batch writes beside its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ethoframe.report.session import Session
    from ethoframe.run.batch import Finding


def page(folder: Path, finding: Finding) -> None:
    """``report.html``."""
    from ethoframe.report.page import write_page

    write_page(folder / "report.html", _session(finding))


def overlay(folder: Path, finding: Finding) -> None:
    """``overlay.mp4``."""
    from ethoframe.report.overlay import write_overlay

    write_overlay(folder / "overlay.mp4", _session(finding))


page.writes = ("report.html",)  # type: ignore[attr-defined]
overlay.writes = ("overlay.mp4",)  # type: ignore[attr-defined]


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
