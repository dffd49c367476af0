from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Arena, Arenas, Refusal, Zone
from ethoframe.data.lens import Lens
from ethoframe.formats import arena as file

SQUARE = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
ONE = """
shape = "rectangle"
corners_px = [[20, 52], [616, 60], [606, 462], [22, 466]]
sides_mm = [400, 300]
[zones.centre]
corners_px = [[170, 155], [470, 155], [470, 360], [170, 360]]
"""
TWO = """
picture_px = [640, 480]
lens = -0.08

[[arenas]]
name = "left"
corners_px = [[20, 52], [300, 60], [296, 330], [22, 336]]
walls_px = [[8, 40], [312, 48], [308, 342], [10, 348]]
[arenas.zones.nest]
corners_px = [[30, 60], [90, 60], [90, 120], [30, 120]]

[[arenas]]
name = "right"
shape = "circle"
centre_px = [480, 200]
radius_px = 130
diameter_mm = 500
"""


def written(folder, text: str):
    path = folder / "arena.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_one_arena_is_called_arena(tmp_path):
    path = written(tmp_path, ONE)
    arena = file.read(path)
    assert (arena.name, arena.sides_mm) == ("arena", (400.0, 300.0))
    assert [zone.name for zone in arena.zones] == ["centre"]
    assert file.read_all(path) == Arenas((arena,))
    assert (arena.lens, arena.walls, arena.picture) == (None, None, None)


def test_several_arenas_share_picture_and_lens(tmp_path):
    arenas = file.read_all(written(tmp_path, TWO))
    assert arenas.names == ("left", "right")
    assert {arena.picture for arena in arenas} == {(480, 640)}
    assert all(arena.lens == Lens.of_picture(-0.08, (480, 640)) for arena in arenas)
    left, right = arenas
    assert (left.shape, right.shape) == ("rectangle", "circle")
    assert left.walls.tolist() == [[8, 40], [312, 48], [308, 342], [10, 348]]
    assert [zone.name for zone in left.zones] == ["nest"]
    assert right.sides_mm == (500.0, 500.0)


def test_one_is_not_read_from_several(tmp_path):
    with pytest.raises(Refusal, match="holds 2 arenas"):
        file.read(written(tmp_path, TWO))


def test_tables_without_names_are_numbered(tmp_path):
    text = TWO.replace('name = "left"', "").replace('name = "right"', "")
    assert file.read_all(written(tmp_path, text)).names == ("1", "2")


NAMES = st.text(
    st.characters(exclude_characters='<>:"/\\|?*', exclude_categories=("C", "Z")), min_size=1
)


@st.composite
def arenas(draw):
    """One to three arenas of one picture."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique_by=str.casefold))
    lens = draw(st.none() | st.floats(-0.5, 0.5).filter(bool))
    given_ = []
    for number, name in enumerate(names):
        outline = draw(st.sampled_from([SQUARE, SQUARE[:3]])) + 210.0 * number
        sides = draw(st.none() | st.just((400.0, 300.5)))
        zones = tuple(
            Zone(zone, SQUARE / 4, "given with the arena", (SQUARE / 8,) * draw(st.integers(0, 2)))
            for zone in draw(st.lists(NAMES, max_size=2, unique=True))
        )
        given_.append(
            Arena(
                "rectangle" if len(outline) == 4 else "polygon",
                outline,
                sides,
                zones,
                name=name,
                lens=None if lens is None else Lens.of_picture(lens, (480, 640)),
                walls=draw(st.none() | st.just(SQUARE + 2)),
                picture=(480, 640),
            )
        )
    return Arenas(tuple(given_))


@given(arenas())
def test_what_is_written_is_read(tmp_path_factory, given_):
    path = tmp_path_factory.mktemp("arenas") / "arena.toml"
    file.write_all(path, given_)
    assert file.read_all(path) == given_


def test_a_circle_is_written_by_middle_and_diameter(tmp_path):
    (_, right) = file.read_all(written(tmp_path, TWO))
    file.write(tmp_path / "b.toml", right)
    assert "centre_px = [480.000, 200.000]" in (tmp_path / "b.toml").read_text(encoding="utf-8")
    assert np.allclose(file.read(tmp_path / "b.toml").outline, right.outline)


@pytest.mark.parametrize("unit", ["px", "mm"])
def test_a_zone_may_be_a_circle(tmp_path, unit):
    text = ONE + "[zones.object]\ncentre_px = [120, 130]\nradius_px = 25\n"
    _, zone = file.read(written(tmp_path, text.replace("_px", f"_{unit}"))).zones
    assert zone.name == "object"
    assert np.allclose(np.hypot(*(zone.outline - [120, 130]).T), 25)
    with pytest.raises(Refusal, match="zone 'object': a circle needs centre_px and radius_px"):
        file.read(written(tmp_path, text.replace("radius_px = 25", "")))


def test_a_detected_lens_is_written_with_its_picture(tmp_path):
    arena = Arena("rectangle", SQUARE, lens=Lens.of_picture(-0.1, (480, 640)))
    file.write(tmp_path / "b.toml", arena)
    assert file.read(tmp_path / "b.toml").lens == arena.lens


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("corners_px = [", "is not TOML"),
        ("corner = 3", "unknown word 'corner'"),
        (ONE + "\n[[arenas]]\nname = 'a'", "unknown word"),
        (TWO.replace("diameter_mm", "size_mm"), "arena 'right': has the unknown word 'size_mm'"),
        ("arenas = 3", "arenas must be tables"),
        ("shape = 'star'", "shape 'star' is not known"),
        ("corners_px = [[0, 0], [1, 1]]", "corners_px needs three corners"),
        (TWO.replace("radius_px = 130", "radius_px = 0"), "arena 'right': radius_px must be more"),
        (TWO.replace('"right"', '"LEFT"'), "the same name"),
        (TWO.replace('"right"', '"a/b"'), "no folder can have"),
        (TWO.replace("[640, 480]", "[640.5, 480]"), "picture_px needs two whole numbers"),
        (TWO.replace("picture_px = [640, 480]", ""), "a lens needs the picture's size"),
        (TWO.replace("-0.08", "1.5"), "lens = 1.5 is no lens term"),
        (TWO.replace("-0.08", "'wide'"), "lens = 'wide' is no lens term"),
        (ONE.replace("[400, 300]", "[400]"), "sides_mm needs two lengths"),
        (ONE.replace("[400, 300]", "[400, 0]"), "longer than nothing"),
        ("corners_px = [[0, 0], [1, 0], [1, 1]]", "needs four corners"),
        (ONE.replace("[zones.centre]", "[zones]"), "zones must be tables"),
        ("arenas = []", "there must be an arena"),
    ],
)  # fmt: skip
def test_what_is_no_arena_is_refused(tmp_path, text, said):
    with pytest.raises(Refusal, match=said):
        file.read_all(written(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Refusal, match="cannot be read"):
        file.read_all(tmp_path / "nowhere.toml")
