"""What a person answered, brought together with what each clip is of."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ethoframe.data import Refusal, Sheet
from ethoframe.report.audit.page import KEY
from ethoframe.score.detection import Judged

COLUMNS = ("audit", "clip", "answer")
YES, NO, UNSURE = "y", "n", "?"


@dataclass(frozen=True)
class Answers:
    """All answers to one audit.

    Parameters
    ----------
    judged
        Clips with a yes or a no.
    unsure
        How many clips the person could not tell.
    open
        How many have no answer.
    """

    judged: tuple[Judged, ...]
    unsure: int
    open: int


def judged(path: Path, folder: Path, sheet: Sheet | None = None) -> Answers:
    """The answers in a file, by the key that lies in the audit's folder.

    Parameters
    ----------
    path
        As the page gives it: columns ``audit, clip, answer``, the answer ``y``, ``n`` or ``?``.
        Of two answers to one clip the later one counts.
    folder
        With ``key.json``.
    sheet
        Who is in which recording; None leaves the groups unknown.

    Raises
    ------
    Refusal
        When either file is not there or not as it should be, the answers are to another audit, or
        the sheet knows a clip's recording not.
    """
    key = _key(folder / KEY)
    clips = {clip["clip"]: clip for clip in key["clips"]}
    answers = _answers(path, key["audit"], clips)
    told = [
        Judged(
            clips[clip]["recording"],
            clips[clip]["marked"] > 0,
            answer == YES,
            _group(sheet, clips[clip]) if sheet else "",
        )
        for clip, answer in answers.items()
        if answer != UNSURE
    ]
    return Answers(tuple(told), len(answers) - len(told), len(clips) - len(answers))


def _key(path: Path) -> Mapping[str, Any]:
    try:
        key: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = (
            key["audit"],
            [(c["clip"], c["recording"], c["arena"], c["marked"]) for c in key["clips"]],
        )
    except FileNotFoundError:
        remedy = "name the folder that the page was made for, or make the page anew"
        raise Refusal(path, "the key to the clips is not there", remedy) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(path, "is not as the audit left it", "make the page anew") from None
    return key


def _answers(path: Path, audit: str, clips: Mapping[str, Any]) -> dict[str, str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            first, *rows = list(_split(file.read())) or [[]]
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is not text"
        raise Refusal(path, f"cannot be read ({told})", "name the audit.csv of the page") from None
    if tuple(word.strip() for word in first[:3]) != COLUMNS:
        reason = f"the first line is not {', '.join(COLUMNS)}"
        raise Refusal(path, reason, "download audit.csv from the page again")
    answers: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        whose, clip, answer = (*(cell.strip() for cell in row[:3]), "", "", "")[:3]
        if whose != audit or clip not in clips:
            reason = "is the answer to another audit than the one in this folder"
            raise Refusal(f"{path}, line {line}", reason, "name the folder it was made for")
        if answer.lower() not in (YES, NO, UNSURE):
            raise Refusal(f"{path}, line {line}", f"{answer!r} is no answer", "write y, n or ?")
        answers[clip] = answer.lower()
    return answers


def _split(text: str) -> Any:
    """Rows; a spreadsheet may have put semicolons for commas."""
    first = text.split("\n", 1)[0]
    return csv.reader(text.splitlines(), delimiter=";" if ";" in first else ",")


def _group(sheet: Sheet, clip: Mapping[str, Any]) -> str:
    """The group of the animal in a clip."""
    rows = [row for row in sheet.rows if any(_is(cell, clip["recording"]) for cell in row.video)]
    if clip["arena"] and len(rows) > 1:
        rows = [row for row in rows if row.arena.casefold() == clip["arena"].casefold()]
    groups = {row.group for row in rows}
    if len(groups) != 1:
        where = f"{clip['recording']} {clip['arena']}".strip()
        reason = f"has no row of its own in {sheet.name}" if not rows else "is in two groups"
        raise Refusal(where, reason, "correct the sheet")
    return groups.pop()


def _is(cell: str, recording: str) -> bool:
    """Whether a cell means a recording: the end of its path, with or without suffix."""
    meant, name = (text.replace("\\", "/").casefold() for text in (cell, recording))
    return any(
        name == meant or name.endswith(f"/{meant}") or meant.endswith(f"/{name}")
        for name in (name, str(Path(name).with_suffix("").as_posix()))
    )
