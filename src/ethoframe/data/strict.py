"""Values as strict JSON has them, which knows no NaN, no infinity and nothing of numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def strict(value: Any) -> Any:
    """A value ready for JSON that every reader of JSON reads.

    What is no finite number is null; arrays and numbers of numpy are lists and numbers, and what
    JSON has no word for is told in words.

    Examples
    --------
    >>> strict({"error": float("nan"), "levels": np.array([1.0, np.inf]), "size": (1, 2)})
    {'error': None, 'levels': [1.0, None], 'size': [1, 2]}
    """
    match value:
        case Mapping():
            return {str(key): strict(item) for key, item in value.items()}
        case list() | tuple():
            return [strict(item) for item in value]
        case np.ndarray() | np.generic():
            return strict(value.tolist())
        case float():
            return value if np.isfinite(value) else None
        case None | int() | str():
            return value
    return str(value)
