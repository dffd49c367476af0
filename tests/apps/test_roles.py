from __future__ import annotations

import pytest

from ethoframe.apps.roles import REMEMBERED, RolesTyped, remembered
from ethoframe.data import Refusal


def test_what_was_said_once_holds_until_it_is_said_anew(tmp_path) -> None:
    said = RolesTyped().convert("nose=bp1, tail_base=bp7", None, None)
    assert remembered(tmp_path / "out", None) is None
    assert remembered(tmp_path / "out", said) is said
    assert remembered(tmp_path / "out", None) == said
    other = RolesTyped().convert("nose=bp2", None, None)
    remembered(tmp_path / "out", other)
    assert remembered(tmp_path / "out", None) == other


def test_a_file_that_somebody_spoilt_is_refused(tmp_path) -> None:
    (tmp_path / REMEMBERED).write_text("nose: bp1")
    with pytest.raises(Refusal, match=r"roles.toml: it is no TOML"):
        remembered(tmp_path, None)
