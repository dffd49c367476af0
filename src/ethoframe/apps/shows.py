"""Pages and clips that a batch writes beside its tables, and over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ethoframe.run.order import Finding, Outcome, Show

if TYPE_CHECKING:
    from ethoframe.data import Sheet
    from ethoframe.report.session import Session


def page(path: Path, finding: Finding) -> None:
    """The report."""
    from ethoframe.report.page import write_page

    write_page(path, session(finding))


def overlay(path: Path, finding: Finding) -> None:
    """The video with the tracks drawn in."""
    from ethoframe.report.overlay import write_overlay

    write_overlay(path, session(finding))


def moments(path: Path, finding: Finding) -> None:
    """The worst moments, for the page over all recordings."""
    from ethoframe.report.batch import write_moments

    write_moments(path, session(finding))


PAGE = Show("report.html", page)
OVERLAY = Show("overlay.mp4", overlay)
MOMENTS = Show("moments.json", moments)


def write_overall(
    out: Path, outcomes: Sequence[Outcome], animals: Sheet | None, *, unblind: bool
) -> dict[Path, str]:
    """Tables and pages over all animals; what each file is."""
    from ethoframe.report.batch import write_batch
    from ethoframe.report.study import write_study
    from ethoframe.report.study.summary import write_summary

    parts = [part for outcome in outcomes for part in outcome.parts]
    failed = [outcome for outcome in outcomes if not outcome.finished]
    write_batch(out / "index.html", parts, failed)
    write_summary(out, parts, failed, unblind=unblind, sheet=animals)
    write_study(out, parts, failed, unblind=unblind, sheet=animals)
    return {
        out / "index.html": "every recording, the doubtful first",
        out / "summary.xlsx": "one row per animal",
        out / "study.html": "figures of all animals",
    }


def session(finding: Finding) -> Session:
    """What was found, as pages take it."""
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
