"""Roles of keypoints as a study remembers them: ``roles.toml``.

::

    nose = "bp1"
    tail_base = "bp7"
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from ethoframe.data import Refusal, Roles
from ethoframe.formats._writing import complete

SUFFIXES = (".toml",)


def read(path: Path) -> Roles:
    """The roles in a file.

    Raises
    ------
    Refusal
        When it is no TOML, or a keypoint is not named by one word.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "roles.toml"
    >>> write(path, Roles({"nose": "bp1"}))
    >>> read(path).keypoints["nose"]
    'bp1'
    """
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(path, f"it is no TOML ({error})", 'write lines like nose = "bp1"') from None
    wrong = next((role for role, keypoint in held.items() if not isinstance(keypoint, str)), None)
    if wrong is not None:
        raise Refusal(path, f"the {wrong} is no keypoint", 'write lines like nose = "bp1"')
    return Roles(held)


def write(path: Path, roles: Roles) -> None:
    """The roles as a file; one that is there is replaced."""
    lines = [
        f"{json.dumps(role, ensure_ascii=False)} = {json.dumps(name, ensure_ascii=False)}"
        for role, name in sorted(roles.keypoints.items())
    ]
    with complete(path) as partial:
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
