"""Every method of the catalog obeys every law."""

from __future__ import annotations

import pytest

from ethoframe.contract.catalog import cards, find
from ethoframe.testing.laws import LAWS


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", [card.name for card in cards()])
def test_law(name: str, law: str) -> None:
    LAWS[law](find(name))
