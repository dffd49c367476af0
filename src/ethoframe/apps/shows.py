"""Pages and clips that a batch writes beside its tables, and over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ethoframe.contract import Method
from ethoframe.run.order import Finding, Outcome, Part, Show

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


def picture(path: Path, finding: Finding, method: Method) -> None:
    """The page of one method's answer: of tracks that of a session, of anything else its own."""
    from ethoframe.report.picture.page import write_page
    from ethoframe.run.traced import filmed

    if not filmed(finding.recording):
        page(path, finding)
        return

    write_page(path, finding, method)


def picture_page(method: Method) -> Show:
    """The page, for a method with its parameters."""
    return Show("report.html", partial(picture, method=method))


def labelled(path: Path, finding: Finding, method: Method) -> None:
    """The recording with its keypoints drawn in."""
    from ethoframe.contract import Learned
    from ethoframe.data import Tracks
    from ethoframe.nets.model import opened
    from ethoframe.report.labelled import write_labelled
    from ethoframe.run.placed import surely

    tracks = finding.answers["tracks"]
    edges: tuple[tuple[str, str], ...] = ()
    if isinstance(method, Learned) and method.weights:
        skeleton = opened(method.weights).card.get("skeleton", {})
        edges = tuple((a, b) for a, b in skeleton.get("edges", ()))
    assert isinstance(tracks, Tracks)
    write_labelled(path, finding.recording, tracks, surely(method), edges)


def labelled_video(method: Method) -> Show:
    """The video with keypoints, for a method with its parameters."""
    return Show("labelled.mp4", partial(labelled, method=method))


def write_album(out: Path, outcomes: Sequence[Outcome]) -> Path:
    """The page over all files that a method was applied to."""
    from ethoframe.report.album.index import write_album

    write_album(out / "index.html", outcomes)
    return out / "index.html"


def write_summary(
    out: Path, outcomes: Sequence[Outcome], animals: Sheet | None, **blind: Any
) -> Path:
    """The table of one row per animal; `blind` is as `Study.of` has it."""
    from ethoframe.report.study import summary

    parts, failed = _sorted(outcomes)
    summary.write_summary(out, parts, failed, sheet=animals, **blind)
    return out / "summary.xlsx"


def write_index(out: Path, outcomes: Sequence[Outcome], **blind: Any) -> Path:
    """The page over all recordings, the doubtful first; `blind` is as `Study.of` has it."""
    from ethoframe.report.batch import write_batch

    write_batch(out / "index.html", *_sorted(outcomes), **blind)
    return out / "index.html"


def write_study(out: Path, outcomes: Sequence[Outcome], animals: Sheet, **blind: Any) -> Path:
    """The page with a figure of all animals for each measure; `blind` is as `Study.of` has it."""
    from ethoframe.report import study

    parts, failed = _sorted(outcomes)
    study.write_study(out, parts, failed, sheet=animals, **blind)
    return out / "study.html"


def _sorted(outcomes: Sequence[Outcome]) -> tuple[list[Part], list[Outcome]]:
    """Animals that were analysed, and recordings that failed."""
    parts = [part for outcome in outcomes for part in outcome.parts]
    return parts, [outcome for outcome in outcomes if not outcome.finished]


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
        finding.otherwise,
    )
