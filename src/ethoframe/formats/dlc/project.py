"""A DeepLabCut project: where its tables are, and what its ``config.yaml`` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.formats.dlc.grid import Grid
from ethoframe.formats.dlc.hdf import read_hdf
from ethoframe.formats.dlc.text import read_text, same

CONFIG, FOLDER, TABLE = "config.yaml", "labeled-data", "CollectedData_"

ALONE = "single"
"""What DeepLabCut calls the individual whose keypoints are those that each picture has once."""


@dataclass(frozen=True)
class Config:
    """What a project says of its labels.

    Parameters
    ----------
    scorer
        Who labels.
    keypoints
        In order: those of the animals, then those that each picture has once.
    individuals
        In order; empty for projects of one animal.
    edges
        Pairs of keypoints that a line joins.
    """

    scorer: str = ""
    keypoints: tuple[str, ...] = ()
    individuals: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """The tables of labels that are meant by a path.

    Parameters
    ----------
    tables
        CSV or HDF5 files, one for each folder of pictures.
    config
        Of the project that they are in; empty where they are in none.
    warnings
        One line for each thing that was passed over.
    """

    tables: tuple[Path, ...]
    config: Config = field(default_factory=Config)
    warnings: tuple[str, ...] = ()


def find(path: Path, scorer: str | None) -> Found:
    """The tables at a path: a project, its config.yaml, a folder of pictures, or a table.

    Raises
    ------
    Refusal
        When there is none, or several people's and `scorer` does not say whose.
    """
    if path.name == CONFIG:
        path = path.parent
    home = _home(path)
    config = read_config(home / CONFIG) if home else Config()
    if path.is_file():
        return Found((path,), config)
    if _tables(path):
        return Found((_chosen(path, scorer or config.scorer, strict=True) or path,), config)
    folder = path / FOLDER if (path / FOLDER).is_dir() else path
    folders = [each for each in sorted(folder.iterdir()) if each.is_dir() and _tables(each)]
    whose = scorer or config.scorer
    chosen = {each: _chosen(each, whose, strict=not whose) for each in folders}
    tables = tuple(table for table in chosen.values() if table)
    if not tables:
        reason = f"no folder in {folder.name} holds a table {TABLE}{whose or '…'}"
        raise Refusal(path, reason, "label pictures first, or name the table")
    passed = [
        f"{each.name}: it holds no labels of {whose}, only of others, and is left out"
        for each, table in chosen.items()
        if not table
    ]
    return Found(tables, config, tuple(passed))


def _home(path: Path) -> Path | None:
    """The nearest folder above that is a project."""
    path = path.absolute()
    own = (each for each in (path, *path.parents) if (each / FOLDER).is_dir())
    home = next(own, None)
    return home if home and (home / CONFIG).is_file() else None


def _tables(folder: Path) -> list[Path]:
    found = [*folder.glob(f"{TABLE}*.h5"), *folder.glob(f"{TABLE}*.csv")]
    return sorted(found)  # ".csv" before ".h5", so that of one name the last is HDF5


def _chosen(folder: Path, scorer: str, *, strict: bool) -> Path | None:
    """The table of one person; the only one there is, where nobody is named. HDF5 before CSV."""
    by_scorer = {table.stem.removeprefix(TABLE): table for table in _tables(folder)}
    if scorer in by_scorer:
        return by_scorer[scorer]
    if not strict:
        return None
    if scorer or len(by_scorer) > 1:
        people = ", ".join(by_scorer)
        reason = f"it holds labels of {people}" + (f", and none of {scorer}" if scorer else "")
        raise Refusal(folder, reason, "say whose by scorer=, or name the table itself")
    return next(iter(by_scorer.values()))


def read_table(path: Path) -> tuple[Grid, tuple[str, ...]]:
    """The table in a file, and what should be known of it.

    Of an HDF5 file that has a CSV beside it, it is told if both say different things: DeepLabCut
    reads the first.

    Raises
    ------
    Refusal
        When it is damaged, or no table of DeepLabCut.
    """
    if path.suffix.lower() != ".h5":
        return read_text(path), ()
    grid, beside = read_hdf(path), path.with_suffix(".csv")
    if not beside.is_file():
        return grid, ()
    other = read_text(beside)
    ours, theirs = ([Path(*row).as_posix() for row in each.rows] for each in (grid, other))
    if (ours, grid.columns) == (theirs, other.columns) and same(grid.values, other.values):
        return grid, ()
    told = "do not say the same; the first was read, as DeepLabCut does"
    return grid, (f"{path.name} and {beside.name} {told}",)


def read_config(path: Path) -> Config:
    """What a project's ``config.yaml`` says.

    Raises
    ------
    Refusal
        When PyYAML is not installed, or the file cannot be read or is no such thing.
    """
    yaml = needs("learn", "yaml")
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(path, f"cannot be read ({error.strerror})", "ask its owner") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise Refusal(path, f"is not YAML ({reason})", "correct it") from None
    if not isinstance(told, Mapping) or "bodyparts" not in told:
        remedy = "name a project of DeepLabCut, or the table itself"
        raise Refusal(path, "it names no bodyparts, so it is of no DeepLabCut project", remedy)
    several = bool(told.get("multianimalproject"))
    shared = _names(told.get("multianimalbodyparts" if several else "bodyparts"))
    once = _names(told.get("uniquebodyparts")) if several else ()
    who = _names(told.get("individuals")) if several else ()
    keypoints = tuple(dict.fromkeys((*shared, *once)))
    return Config(
        str(told.get("scorer") or ""),
        keypoints,
        (*who, ALONE) if once else who,
        tuple(_edges(told.get("skeleton"), keypoints)),
    )


def _names(told: Any) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, Sequence) and not isinstance(told, str) else ()


def _edges(told: Any, keypoints: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pairs of known keypoints; what else people leave there joins nothing."""
    pairs = [_names(each) for each in told] if isinstance(told, Sequence) else []
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and {*pair} <= {*keypoints}]
