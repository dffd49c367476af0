from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal, Roles
from ethoframe.formats import roles

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@given(st.dictionaries(WORDS, WORDS, max_size=4))
def test_what_is_written_comes_back(tmp_path_factory, held) -> None:
    path = tmp_path_factory.mktemp("roles") / "roles.toml"
    roles.write(path, Roles(held))
    assert roles.read(path) == Roles(held)


@pytest.mark.parametrize(
    ("text", "reason"), [("nose = ", "it is no TOML"), ("nose = 3", "the nose is no keypoint")]
)
def test_what_is_no_such_file_is_told(tmp_path, text, reason) -> None:
    path = tmp_path / "roles.toml"
    path.write_text(text)
    with pytest.raises(Refusal, match=reason):
        roles.read(path)
