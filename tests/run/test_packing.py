from __future__ import annotations

import ast
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import ethoframe
from ethoframe.contract import MEMORY_TYPES
from ethoframe.data import (
    Arena,
    Classes,
    Clock,
    Displacement,
    Measure,
    Measures,
    Noun,
    Points,
    Recording,
    Skeleton,
    Transform,
    Transforms,
    Values,
    Warp,
    Zone,
)
from ethoframe.run.packing import NOUNS, pack, unpack
from ethoframe.testing import strategies

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
ROW = Measure(
    quantity="way", value=np.nan, unit="mm", bin_start_s=0.0, bin_stop_s=1.0, definition="d"
)

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from([np.float64(0.1), np.float32(0.1), np.int64(-3), np.bool_(True)])
    | st.just(np.str_("é"))
)  # fmt: skip
dtypes = st.one_of(
    hnp.integer_dtypes(), hnp.unsigned_integer_dtypes(), hnp.floating_dtypes(),
    hnp.complex_number_dtypes(), hnp.boolean_dtypes(), hnp.unicode_string_dtypes(),
    hnp.datetime64_dtypes(),
)  # fmt: skip
arrays = dtypes.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0, max_side=3))
)
nouns = st.one_of(
    strategies.frames(), strategies.label_maps(), strategies.tracks(), strategies.episodes(),
    strategies.patches((5, 5)),
    st.sampled_from([
        Transform(np.diag([2.0, 2.0, 1.0]), "px", "mm"),
        Values.whole(noise=(np.nan, "level")),
        Classes.said(["a", ""], ["a", "b"]),
        Skeleton.of(["left", "right"]),
        Points((np.ones((2, 3)),), {"radius_px": (np.ones(2),)}, np.arange(1), np.zeros(1)),
        Transforms(np.eye(4)[None], np.arange(1), np.zeros(1)),
        Warp((Transform(np.eye(3), "px", "px"), Displacement(np.ones((2, 3, 2)), (1.0, 2.0)))),
        Zone("centre", SQUARE, holes=(SQUARE / 2,)),
        Arena("rectangle", SQUARE, (4.0, 4.0), (Zone("all", SQUARE),)),
        Clock.of(np.array([0.0, 0.1, 0.5])),
        Measures((ROW,)),
    ]),
)  # fmt: skip
memories = st.recursive(
    scalars | arrays | nouns,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)


def alike(a: Any, b: Any) -> bool:
    """Whether two memories are the same to the last bit and type."""
    if type(a) is not type(b):
        return False
    match a:
        case np.ndarray() | np.generic():
            return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        case Noun():
            return a == b and a.fingerprint() == b.fingerprint()
        case dict():
            return list(map(repr, a)) == list(map(repr, b)) and all(alike(a[k], b[k]) for k in a)
        case list() | tuple():
            return len(a) == len(b) and all(map(alike, a, b))
        case float():
            return a.hex() == b.hex()
    return a == b


@given(memories)
def test_there_and_back(memory):
    assert alike(memory, unpack(pack(memory)))


WITH_PIXELS_ELSEWHERE = {"Recording", "Labelled", "Labels"}


def test_every_noun_but_recordings_can_be_remembered():
    kinds = {kind for kind in MEMORY_TYPES if kind is Noun}
    assert kinds == {Noun}
    every = {name for name, thing in vars(ethoframe.data).items() if _is_noun(thing)}
    assert every - set(NOUNS) == {"Noun", "Timed", *WITH_PIXELS_ELSEWHERE}


def _is_noun(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Noun)


def test_arrays_in_any_order_of_memory():
    array = np.asfortranarray(np.arange(6).reshape(2, 3))[:, ::2]
    assert np.array_equal(unpack(pack(array)), array)


def test_what_comes_back_may_be_written_to():
    unpack(pack({"planes": np.zeros(3)}))["planes"][0] = 1


class Own(Values):
    """A noun of somebody else's, called like one of ours."""


@pytest.mark.parametrize(
    "memory",
    [
        {1, 2},
        b"bytes",
        print,
        1j,
        Recording.of(np.zeros((1, 2, 2, 1), np.uint8)),
        np.array([{}], object),
        np.array([(1, None)], [("a", int), ("b", object)]),
        np.ma.masked_array([1, 2], [True, False]),
        type("Values", (Own,), {})(np.zeros((1, 0)), (), (), np.zeros(1), np.zeros(1)),
        {"deep": [{"deeper": (object(),)}]},
    ],
)
def test_what_is_not_plain_is_refused(memory):
    with pytest.raises(TypeError, match="not plain memory"):
        pack(memory)


def test_nothing_is_ever_unpickled():
    harm = np.array([print], object)
    packed, evil = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array(evil, harm, allow_pickle=True)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tree.json", '{"array": 0, "shape": [1]}')
        archive.writestr("0.npy", evil.getvalue())
    with pytest.raises(ValueError, match="allow_pickle"):
        unpack(packed.getvalue())
    with pytest.raises(zipfile.BadZipFile):
        unpack(pickle.dumps({"last": 1}))


def test_no_module_knows_pickle():
    package = Path(ethoframe.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    imported = {alias.name.split(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module)):
                    imported = {module.split(".")[0]}
                case ast.keyword(arg="allow_pickle", value=ast.Constant(value=allowed)):
                    assert not allowed, path
                    continue
                case _:
                    continue
            assert not imported & {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}, path
