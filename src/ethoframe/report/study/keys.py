"""Which measures of a study are shown first."""

from __future__ import annotations

from ethoframe.report.leading import MOST, leading
from ethoframe.report.study.contrast import Compared
from ethoframe.report.study.study import Key, Study


def key_measures(
    study: Study, recipe: str = "", compared: Compared | None = None
) -> tuple[Key, ...]:
    """What is shown first, as far as it was measured.

    Parameters
    ----------
    study
        Of whose measures.
    recipe
        By which they were measured: what its assay is about comes first, and during events as well.
    compared
        Its groups; what was frozen as an outcome comes before all others.
    """
    frozen = compared.frozen if compared else None
    found = leading(study.keys, recipe, frozen.outcomes if frozen else ())
    return tuple(found or study.keys[:MOST])
