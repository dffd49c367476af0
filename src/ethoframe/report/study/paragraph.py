"""The methods paragraph of a paper, filled from what the results say of themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ethoframe.report.study.records import Records
from ethoframe.report.study.spread import LEAST
from ethoframe.report.study.study import Key, Study
from ethoframe.report.wording import counted, duration

LIBRARIES = {
    "python": "Python", "numpy": "NumPy", "scipy": "SciPy", "av": "PyAV",
    "opencv-python-headless": "OpenCV",
}  # fmt: skip
"""Software whose version bears on the numbers, and how it is written."""
Settings = Mapping[str, Any]


def paragraph(study: Study, records: Records, others: Sequence[str] = ()) -> str:
    """How the animals were analysed and what was left out, as one paragraph of plain text.

    Only what the records of the results say is said; each sentence is there when its step was run.

    Parameters
    ----------
    study, records
        What was found, and how.
    others
        Names of the other definitions by which it was measured as well.
    """
    told = [*_opening(study, records)]
    for method, sentence in ({**SENTENCES, **TRACED} if records.traced else SENTENCES).items():
        with suppress(KeyError):  # another version of the method, with other parameters
            told.append(sentence(records.steps[method], study))
    if not {"detect/arena", "detect/keypoint-arena"} & records.steps.keys():
        told.append("The arena’s outline and its size were drawn and given by hand.")
    if not records.same:
        told.append("Settings differed between animals; these are those of most of them.")
    return " ".join([*told, *_otherwise(others), *_closing(study, records)])


def _opening(study: Study, records: Records) -> Iterator[str]:
    videos = len({animal.part.recording for animal in study.animals})
    subjects = {animal.row.subject for animal in study.animals if animal.row.subject}
    who = counted(len(subjects) or len(study.animals), "animal")
    rates = records.rates_per_s
    at = f" ({_between(rates[0], rates[-1])} frames per second)" if rates else ""
    libraries = ", ".join(
        f"{name} {' and '.join(records.software[key])}"
        for key, name in LIBRARIES.items()
        if key in records.software
    )
    with_what = f"ethoframe {records.version}" if records.version else "ethoframe"
    recipe = f", recipe {records.recipe}" if records.recipe else ""
    what = counted(videos, "recording" if records.traced else "video recording")
    what = f"Tracks of {what}" if records.traced else what
    yield (
        f"{what} of {who}{at} were analysed with "
        f"{with_what} ({libraries or 'versions not recorded'}{recipe})."
    )


def _background(step: Settings, study: Study) -> str:
    return (
        "The empty arena was reconstructed for each recording as the temporal median of up to "
        f"{step['frames']} frames, repaired where the animal had rested."
    )


def _silhouette(step: Settings, study: Study) -> str:
    return (
        "Pixels counted as the animal where their level was nearer to the animal’s than to the "
        f"empty arena’s and differed from it by more than {step['noises']:g} standard deviations "
        "of the noise; thin parts such as the tail were removed by morphological opening."
    )


def _track(step: Settings, study: Study) -> str:
    return (
        "The centroid and both ends of the body were tracked from frame to frame; frames without "
        "a body of fitting size and place were marked as lost."
    )


def _orient(step: Settings, study: Study) -> str:
    return "Head and tail end were told apart by the direction of movement and the tail."


def _gaps(step: Settings, study: Study) -> str:
    return f"Gaps of up to {step['longest_s']:g} s were filled by linear interpolation."


def _smooth(step: Settings, study: Study) -> str:
    if not step["span_s"]:
        return "Positions were not smoothed."
    return (
        "Positions were smoothed by a second-order local polynomial over "
        f"{step['span_s']:g} s (Savitzky–Golay)."
    )


def _gate(step: Settings, study: Study) -> str:
    return f"Positions with a confidence below {step['sure']:g} were taken for missing."


def _jumps(step: Settings, study: Study) -> str:
    return (
        "Of each keypoint the positions were kept between which no step was faster than "
        f"{step['fastest_mm_per_s'] / 1000:g} m/s; others, jumps, were taken for missing."
    )


def _maze(step: Settings, study: Study) -> str:
    pairs = {"up-down": "pointed up and down", "left-right": "pointed to the left and right"}
    if step["open"]:
        return (
            f"The arms that {pairs[step['open']]} in the picture were the open ones, where no "
            "zones were drawn."
        )
    return "Arms and centre were zones as drawn, or were laid on the maze’s outline."


def _trial_traced(step: Settings, study: Study) -> str:
    return _began(step, study, "the animal was on the arena")


def _trial(step: Settings, study: Study) -> str:
    return _began(step, study, "the animal was alone in the arena")


def _began(step: Settings, study: Study, when: str) -> str:
    given = [animal.row.start_s is not None for animal in study.animals]
    found = f"at the first frame from which on {when} for {step['clear_s']:g} s"
    if any(given):
        start = "as given in the animal sheet" + ("" if all(given) else f", otherwise {found}")
    elif step.get("from_s", -1.0) >= 0:
        start = f"{duration(step['from_s'])} after the start of the recording"
    else:
        start = found
    lengths = _values(study, Key("trial length", "s"))
    lasted = f" and lasted {_durations(lengths)}" if lengths else ""
    return f"Trials began {start}{lasted}; times count from their beginning."


def _arena(step: Settings, study: Study) -> str:
    side, other = step.get("side_mm", 0), step.get("other_side_mm", 0)
    errors = _values(study, Key("scale uncertainty", "%"))
    scale = " Distances in millimetres follow from the arena’s known size"
    if side:
        size = f"{side:g} × {other:g}" if other else f"{side:g}"
        scale = f" Distances in millimetres follow from the known side of the floor ({size} mm)"
    elif not errors:
        return "The arena’s outline was detected in the empty scene; no scale was given."
    if errors:
        scale += f"; the scale is uncertain by {_between(min(errors), max(errors))} %"
    return f"The arena’s outline was detected in the empty scene.{scale}."


def _zones(step: Settings, study: Study) -> str:
    side, corner = step["centre_side"], step["corner_side"]
    return (
        f"Where no other zones were drawn, the centre was the middle {100 * side:.3g} % of each "
        f"side of the floor ({100 * side**2:.3g} % of its area), the periphery the rest, and "
        f"corners were squares of {100 * corner:.3g} % of each side."
    )


def _visits(step: Settings, study: Study) -> str:
    return (
        f"Entries were counted when the {_keypoint(step)} was more than {step['margin_mm']:g} mm "
        "inside a zone, and ended when it was as far outside."
    )


def _activity(step: Settings, study: Study) -> str:
    return (
        f"The animal was moving from {step['start_mm_per_s']:g} mm/s on until it fell below "
        f"{step['stop_mm_per_s']:g} mm/s and immobile otherwise; bouts shorter than "
        f"{step['shortest_s']:g} s did not count."
    )


def _freezing(step: Settings, study: Study) -> str:
    return (
        "The animal was freezing where every part of its body moved by less than "
        f"{step['still_mm_per_s']:g} mm/s for {step['least_s']:g} s or longer."
    )


def _motion(step: Settings, study: Study) -> str:
    words = f"Distance is the path of the {_keypoint(step)} from frame to frame"
    if "least_mm" in step:
        words += (
            "; the corrected distance, and the mean speed, count movement once it is more than "
            f"{step['least_mm']:g} mm from where it last counted"
        )
    return f"{words}. Top speed is the 99th percentile over {step['top_span_s']:g} s."


SENTENCES: Mapping[str, Callable[[Settings, Study], str]] = {
    "summarise/background": _background,
    "segment/silhouette": _silhouette,
    "track/silhouette": _track,
    "clean/orient": _orient,
    "clean/gate": _gate,
    "clean/jumps": _jumps,
    "clean/gaps": _gaps,
    "clean/smooth": _smooth,
    "detect/trial": _trial,
    "detect/arena": _arena,
    "detect/zones": _zones,
    "detect/maze": _maze,
    "behave/visits": _visits,
    "behave/activity": _activity,
    "behave/freezing": _freezing,
    "measure/motion": _motion,
}
"""What is said of each method, in the order in which it is said."""
TRACED: Mapping[str, Callable[[Settings, Study], str]] = {"detect/trial": _trial_traced}
"""What is said otherwise where tracks of another program were analysed."""


def _otherwise(others: Sequence[str]) -> Iterator[str]:
    if others:
        yield (
            f"What depends on them was measured by {counted(len(others), 'other definition')} as "
            f"well ({'; '.join(others)}), to see how much the findings rest on which was taken "
            "(multiverse analysis; Steegen et al., 2016)."
        )


def _closing(study: Study, records: Records) -> Iterator[str]:
    words = [animal.word for animal in study.animals]
    if any(words):
        what = "tracking and arena" if records.traced else "tracking, arena and picture"
        yield (
            f"By automatic checks of {what}, "
            f"{words.count('good')} of {counted(len(words), 'result')} were good, "
            f"{words.count('look')} marked for inspection and {words.count('failed')} failed."
        )
    failed = sum(each.what.startswith("judged failed") for each in study.exclusions)
    missing = sum(each.what == "not analysed" for each in study.exclusions)
    if failed or missing:
        yield (
            f"Excluded were {counted(failed, 'animal')} whose analysis failed these checks and "
            f"{counted(missing, 'recording')} that could not be analysed."
        )
    yield (
        "Figures show every animal; bars are means with 95 % confidence intervals by Student’s t "
        f"over animals, from {LEAST} animals on."
    )


def _values(study: Study, key: Key) -> list[float]:
    found = (animal.values.get(key, math.nan) for animal in study.used)
    return [value for value in found if math.isfinite(value)]


def _between(low: float, high: float) -> str:
    first, last = f"{low:.3g}", f"{high:.3g}"
    return first if first == last else f"{first} to {last}"


def _durations(seconds: list[float]) -> str:
    first, last = duration(min(seconds)), duration(max(seconds))
    return first if first == last else f"{first} to {last}"


def _keypoint(step: Settings) -> str:
    return str(step["keypoint"]).replace("_", " ")
