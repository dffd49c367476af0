"""Telling large files apart without reading them whole."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from ethoframe.data.refusal import Refusal

BLOCK = 64 * 1024
"""Bytes read at each place of the file."""

BLOCKS = 16
"""Places the file is read at: the first bytes, the last, and 14 evenly spaced between them."""


def identity_of(path: Path) -> str:
    """Hex SHA-256 of a file's size, its time of change and blocks of it.

    An hour of video is told apart in milliseconds. A copy that keeps its time of change keeps its
    identity; a file written anew does not, even if it holds the same.

    Raises
    ------
    Refusal
        When there is no such file, or it is empty, a folder or may not be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mouse.bin"
    >>> _ = path.write_bytes(b"pixels")
    >>> len(identity_of(path))
    64
    """
    try:
        with path.open("rb") as file:
            state = path.stat()
            if state.st_size == 0:
                raise Refusal(path, "the file is empty", "copy it again from where it was recorded")
            digest = hashlib.sha256(f"{state.st_size} {state.st_mtime_ns}".encode())
            _sample(file, state.st_size, digest)
    except FileNotFoundError:
        raise Refusal(path, "there is no such file", "check its name and folder") from None
    except IsADirectoryError:
        raise Refusal(path, "this is a folder, not a file", "name a file in it") from None
    except PermissionError:
        raise Refusal(path, "you may not read this file", "ask its owner for permission") from None
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check the disk or the network share it lies on") from None
    return digest.hexdigest()


def _sample(file: BinaryIO, size: int, digest: hashlib._Hash) -> None:
    last = max(0, size - BLOCK)
    for start in sorted({last * place // (BLOCKS - 1) for place in range(BLOCKS)}):
        file.seek(start)
        digest.update(file.read(BLOCK))
