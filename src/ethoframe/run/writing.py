"""Writing so that nothing is ever half there, and saying in one line why something could not be."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from ethoframe.data import Refusal

STORE = ".zarr"
"""How the name of a folder ends that is one result."""

FULL = {errno.ENOSPC, errno.EDQUOT}


class Unwritten(Refusal):
    """Something could not be written: nothing is wrong with the recording, and it may go on later.

    Examples
    --------
    >>> print(Unwritten.because("out", OSError(errno.ENOSPC, "")))
    out: the disk is full; free some space, then run the same command again
    """

    @classmethod
    def because(cls, where: object, error: OSError) -> Unwritten:
        """The refusal that tells of an error of the system."""
        if error.errno in FULL:
            return cls.of_full_disk(where)
        reason = f"it cannot be written ({error.strerror or error})"
        return cls(where, reason, "name a folder you may write with --out")

    @classmethod
    def of_full_disk(cls, where: object) -> Unwritten:
        """The refusal of a disk without space."""
        return cls(where, "the disk is full", "free some space, then run the same command again")


def check_writable(folder: Path) -> None:
    """Makes the folder if it is not there.

    Raises
    ------
    Unwritten
        When it cannot be made, or no file in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Unwritten.because(folder, error) from None


@contextmanager
def moved_into(folder: Path, instead_of: Collection[str] = ()) -> Iterator[Path]:
    """A folder to write into, whose files move to `folder` when everything in it was written.

    Parameters
    ----------
    folder
        Where the files end up; it is made if it is not there.
    instead_of
        Files in it, by their paths from it, that an earlier run left, and that are removed unless
        written anew.

    Raises
    ------
    Unwritten
        When the disk is full or the folder may not be written; nothing is left behind then.
    """
    part = folder / ".part"
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)  # what a killed run left
        part.mkdir()
        yield part
        _move(part, folder, instead_of)
        made = []
    except OSError as error:
        # Another error of the system may be about a file that is read: it is told as what it is.
        if error.errno in FULL or _inside(error, folder):
            raise Unwritten.because(folder, error) from None
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
        for place in made:
            _remove_if_empty(place)


def _move(part: Path, folder: Path, instead_of: Collection[str]) -> None:
    written = results_in(part)
    for path in (part / name for name in written):
        target = folder / path.relative_to(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        _replaced(path, target)
    for name in set(instead_of) - set(written):
        _removed(folder / name)
        if "/" in name:
            _remove_if_empty((folder / name).parent)


def results_in(folder: Path) -> list[str]:
    """What lies in a folder and the folders below, as paths from it with slashes, sorted.

    A Zarr store is one result, whatever it consists of.
    """
    found: list[str] = []
    for path in folder.iterdir():
        if path.is_dir() and path.suffix != STORE:
            found += [f"{path.name}/{name}" for name in results_in(path)]
        else:
            found.append(path.name)
    return sorted(found)


def _removed(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _replaced(path: Path, target: Path) -> None:
    if target.is_dir():  # a store whose old chunks would be taken for its own
        shutil.rmtree(target)
    try:
        path.replace(target)
    except PermissionError:
        if not target.exists():
            raise
        # On Windows, a table that is open in a spreadsheet cannot be replaced.
        reason, remedy = "another program has it open", "close it there, then run the same again"
        raise Unwritten(target, reason, remedy) from None


def _inside(error: OSError, folder: Path) -> bool:
    return isinstance(error.filename, str) and Path(error.filename).is_relative_to(folder)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
