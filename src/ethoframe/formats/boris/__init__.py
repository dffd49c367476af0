"""BORIS: projects (``.boris``), and the tables that it exports.

An observation is what one observer saw in one recording. A recording is called as its media file,
or as the observation where there are none or several in a row. Who observed is told by an
independent variable called observer, rater, scorer, coder, author, experimenter or annotator; of
observations of one recording that tell nobody, each is an author by its id. A subject is an
individual, and no focal subject the animal. Modifiers are part of the label: ``sniff [male|head]``.
Points are bouts of no length. A start without a stop, or a stop without a start, makes no bout, and
a warning names it. BORIS adds the time offset of an observation to its times; it is taken off, so
that times are those of the media.

References
----------
Friard & Gamba, Methods in Ecology and Evolution 7 (2016), 1325-1330; and the user guide.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from ethoframe.data import Observations
from ethoframe.formats._observing import Bout, Gathered, Sitting
from ethoframe.formats.boris import exported, project
from ethoframe.formats.boris.events import Observation, paired
from ethoframe.formats.boris.write import write_project, write_table

__all__ = ["SUFFIXES", "observed_in", "read", "write_project", "write_table"]

SUFFIXES = (".boris", ".boris_gz", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def observed_in(path: Path) -> bool:
    """Whether it is a project by its name, or an export by its heading."""
    return path.suffix.lower() in project.SUFFIXES or exported.exported_in(path)


def read(path: Path) -> Observations:
    r"""What each observer saw in each recording.

    Parameters
    ----------
    path
        Of a project, or of tabular or aggregated events as csv, tsv or xlsx. Older exports tell of
        one observation above the heading, newer ones in every row.

    Returns
    -------
    Observations
        In seconds of the media. What was looked at is the interval that an observation is limited
        to, or the length of its media; where neither is told, from 0 s to the last end in the
        recording, with a warning. Comments are not kept.

    Raises
    ------
    Refusal
        When it is damaged, or not as BORIS writes it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "events.csv"
    >>> _ = path.write_text(
    ...     "Observation id,Subject,Behavior,Behavior type,Time\n"
    ...     "m1,adult,rear,START,1.5\nm1,adult,rear,STOP,2.5\n"
    ... )
    >>> seen = read(path).of("m1")[0]
    >>> seen.spans("rear").tolist(), seen.individuals
    ([[1.5, 2.5]], ('adult',))
    """
    of_project = path.suffix.lower() in project.SUFFIXES
    found = project.observations(path) if of_project else exported.observations(path)
    gathered = Gathered()
    films = Counter(each.film for each in found if not each.observer)
    for each in found:
        author = each.observer or (each.name if films[each.film] > 1 else "")
        sitting = Sitting(each.film, author, each.name)
        gathered.add(sitting, _bouts(each, gathered.warnings))
        if each.looked_s is not None:
            gathered.looked_s[sitting] = [each.looked_s]
    several = [film for film, count in films.items() if count > 1]
    if several:
        line = f"several observations of {', '.join(several)} tell no observer: each is an author"
        gathered.warnings.append(f"{line} by its id")
    return gathered.observations()


def _bouts(each: Observation, warnings: list[str]) -> list[Bout]:
    """Its bouts on the clock of the media."""
    bouts, alone = paired(each.events)
    bouts += each.bouts
    warnings += each.warnings
    if alone:
        warnings.append(exported.unpaired(each.name, alone))
    if not each.offset_s:
        return bouts
    warnings.append(f"the time offset of {each.name}, {each.offset_s:g} s, is taken off")
    return [_shifted(bout, each.offset_s) for bout in bouts]


def _shifted(bout: Bout, offset_s: float) -> Bout:
    start_s, stop_s = (round(time_s - offset_s, 9) for time_s in (bout.start_s, bout.stop_s))
    return replace(bout, start_s=start_s, stop_s=stop_s)
