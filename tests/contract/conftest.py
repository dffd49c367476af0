"""Specimens stand in for the catalog, so that these tests depend on no method's file."""

from __future__ import annotations

import pytest

from ethoframe.contract import catalog
from ethoframe.data import Refusal
from ethoframe.testing import specimens


@pytest.fixture
def _specimens(monkeypatch):
    names = ("Change", "Usual", "Typical", "Rest", "Same")
    methods = {f"specimens/{name.lower()}": getattr(specimens, name) for name in names}

    def find(name: str):
        if name not in methods:
            raise Refusal(name, "there is no such method", "name another")
        return methods[name]

    monkeypatch.setattr(catalog, "find", find)
