"""Episodes that people saw in recordings, put beside the tracks of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import Episodes, Labelled, Labels, Observed, Refusal, Tracks
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.formats import stem
from ethoframe.run.inputs import Reading, noun_in
from ethoframe.run.traced import stand_in

NETWORK = "DLC"
"""What DeepLabCut puts between the name of a film and that of its network."""

LISTED = 3
"""Names that a message lists, at most."""


def followed(
    seen: Sequence[Path],
    tracks: Sequence[Path],
    reading: Reading,
    *,
    author: str = "",
    only: Sequence[str] = (),
) -> Labels:
    """Episodes of recordings whose tracks are at hand, as labels.

    Parameters
    ----------
    seen
        Files of episodes: `formats.read_observations`.
    tracks
        Files of tracks: `formats.read_tracks`.
    reading
        What is known of tracks besides.
    author
        Whose episodes, where several people's are there; everybody's when empty.
    only
        Which behaviours; all when empty.

    Returns
    -------
    Labels
        One part for each recording and author; a warning names recordings without tracks, and
        tracks without episodes.

    Raises
    ------
    Refusal
        When no recording goes by the name of tracks, or one goes by that of several.
    """
    observed, warnings = _observed(seen, reading, author)
    found = {path: noun_in(path, Kind.TRACKS, reading) for path in tracks}
    places = matched([each.recording for each in observed], [*found])
    parts = []
    for each in observed:
        path = places.get(each.recording)
        if path is not None:
            moving = found[path]
            assert isinstance(moving, Tracks)
            parts.append(_labelled(each, moving, only))
    lost = dict.fromkeys(each.recording for each in observed if each.recording not in places)
    idle = [path.name for path in found if path not in places.values()]
    warnings += [f"there are no tracks of {_listed([*lost])}: left out"] if lost else []
    warnings += [f"nobody saw anything in {_listed(idle)}: left out"] if idle else []
    return Labels(tuple(parts), None, tuple(warnings))


def matched(recordings: Sequence[str], tracks: Sequence[Path]) -> dict[str, Path]:
    """The tracks of each recording that has any.

    Names are alike when one begins with the other, without what a network of DeepLabCut adds to
    the name of a film; the longest such name is taken. One recording and one file of tracks belong
    together whatever they are called.

    Parameters
    ----------
    recordings
        Names.
    tracks
        Files.

    Raises
    ------
    Refusal
        When no name fits, or several do equally well.

    Examples
    --------
    >>> matched(["m1", "m12_small"], [Path("m1DLC_net.csv"), Path("m12DLC_net.csv")])["m12_small"]
    PosixPath('m12DLC_net.csv')
    """
    names = [*dict.fromkeys(recordings)]
    if len(names) == 1 and len(tracks) == 1:
        return {names[0]: tracks[0]}
    found = {}
    for name in names:
        fits = {path: _fit(stem(name), _film(path)) for path in tracks}
        most = max(fits.values(), default=0)
        best = [path for path, fit in fits.items() if fit == most and fit > 0]
        if len(best) > 1:
            told = _listed([path.name for path in best])
            raise Refusal(name, f"its tracks may be any of {told}", "name one file for each")
        if best:
            found[name] = best[0]
    if not found:
        told, files = _listed(names), _listed([path.name for path in tracks])
        reason = f"none of the tracks ({files}) is called as what people saw ({told})"
        raise Refusal("--tracks", reason, "call the files of tracks as the recordings")
    return found


def _observed(
    seen: Sequence[Path], reading: Reading, author: str
) -> tuple[list[Observed], list[str]]:
    """What everybody, or the author, saw; and what is to be known of it."""
    parts: list[Observed] = []
    warnings: list[str] = []
    for path in seen:
        told = formats.read_observations(path, rate=reading.rate)
        parts += told.parts
        warnings += told.warnings
    if not author:
        return parts, warnings
    own = [part for part in parts if part.author == author]
    if not own:
        authors = _listed([*dict.fromkeys(part.author or "nobody by name" for part in parts)])
        raise Refusal(seen[0], f"nothing in it is by {author!r}", f"there are: {authors}")
    return own, warnings


def _labelled(seen: Observed, tracks: Tracks, only: Sequence[str]) -> Labelled:
    episodes = seen.episodes.only(*only) if only else seen.episodes
    film, said = stand_in(tracks, seen.recording), _of_one(episodes)
    return Labelled(film, said, film=seen.recording, author=seen.author, tracks=tracks)


def _of_one(episodes: Episodes) -> Episodes:
    """The same; of support that is said to be the animal's, it is said of everybody."""
    watched = tuple("" if who == INDIVIDUAL else who for who in episodes.watched)
    return replace(episodes, watched=watched)


def _film(path: Path) -> str:
    """The name of the film that a file of tracks is of."""
    name = stem(path.name)
    film, network, _ = name.rpartition(NETWORK)
    return film if network and film else name


def _fit(name: str, film: str) -> int:
    """How many letters two names have in common, when one begins with the other; more if alike."""
    if name == film:
        return len(name) + 1
    alike = name.startswith(film) or film.startswith(name)
    return min(len(name), len(film)) if alike else 0


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
