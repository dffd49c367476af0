"""Libraries that only some methods and formats need, and that an install may be without."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ethoframe.data import Refusal


def needs(extra: str, library: str) -> Any:
    """The module called `library`, imported now.

    Parameters
    ----------
    extra
        The part of the install that brings it, such as ``"images"``.
    library
        As it is imported, such as ``"SimpleITK"`` or ``"skimage.filters"``.

    Raises
    ------
    Refusal
        When it is not installed; the extra that brings it is named.

    Examples
    --------
    >>> needs("images", "no_such_library")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: no_such_library: it is not installed; pip install 'ethoframe[images]'
    """  # noqa: E501
    try:
        return import_module(library)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] != library.split(".")[0]:
            raise  # it is there, and lacks something itself: that is another fault
        name = library.split(".")[0]
        raise Refusal(name, "it is not installed", f"pip install 'ethoframe[{extra}]'") from None
