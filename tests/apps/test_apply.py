from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.apps.listed import ROOMS
from ethoframe.data import Recording


def discs(count: int = 3, size: int = 96) -> np.ndarray:
    """Bright discs in a row, 8 bit."""
    y, x = np.mgrid[:size, :size]
    image = np.full((size, size), 20.0)
    for n in range(count):
        centre = size * (n + 0.5) / count
        image += 180 / (1 + np.exp(2 * (np.hypot(x - centre, y - size / 2) - 8)))
    return image.astype(np.uint8)


def saved(path: Path, image: np.ndarray) -> Path:
    formats.write(Recording.of(image[None, ..., None]), path)
    return path


@pytest.fixture
def still(here) -> Path:
    return saved(Path("cells.png"), discs())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_still_gets_a_folder(ethoframe, still):
    said = ethoframe("apply", "detect/blobs", still, "--out", "out")
    assert said.status == 0, said.err
    assert said.out.startswith("cells.png: ")
    assert len(rows(Path("out/cells/points.csv"))) == 3
    told = json.loads(Path("out/cells/provenance.json").read_text("utf-8"))
    assert told["method"] == "detect/blobs"
    assert told["command"] == "ethoframe apply detect/blobs cells.png --out out"
    assert "detect/blobs" in Path("out/cells/report.html").read_text("utf-8")


def test_labels_of_a_still_are_a_tiff_with_a_table(ethoframe, still):
    said = ethoframe("apply", "segment/watershed", still, "--out", "out", "--scale", "0.5um/px")
    assert said.status == 0, said.err
    labels = formats.read_labels("out/cells/labels.tif")
    assert labels.dense().max() == 3
    assert labels.spacing_mm == pytest.approx((0.0005, 0.0005))
    assert len(rows(Path("out/cells/objects.csv"))) == 3
    assert "area_mm2" in rows(Path("out/cells/objects.csv"))[0]


def test_counts_are_measures(ethoframe, still):
    said = ethoframe("apply", "regress/count-objects", still, "--out", "out", "--no-report")
    assert said.status == 0, said.err
    (row,) = (r for r in rows(Path("out/cells/measures.csv")) if r["quantity"] == "count")
    assert float(row["value"]) == 3
    assert float(row["low"]) <= 3 <= float(row["high"])
    assert row["recording"] == "cells.png"


def test_parameters_are_options(ethoframe, still):
    told = ethoframe("apply", "enhance/denoise", "--help").out
    assert "--sigma-px" in told
    assert "--radius-px" in told
    said = ethoframe("apply", "enhance/denoise", still, "--by", "median", "--radius-px", "2")
    assert said.status == 0, said.err
    kept = json.loads(Path("ethoframe-out/cells/provenance.json").read_text("utf-8"))
    assert kept["parameters"]["radius_px"] == 2.0
    wrong = ethoframe("apply", "enhance/denoise", still, "--by", "magic")
    assert wrong.status == 2


def test_a_recording_and_a_volume_are_stores(ethoframe, here):
    film = Recording.of(np.stack([discs(), discs(2)])[..., None], 5.0)
    formats.write(film, "film.tif")
    volume = Recording.of(np.stack([discs()] * 4)[None, ..., None])
    formats.write(volume, "volume.nii.gz")
    said = ethoframe("apply", "enhance/denoise", "film.tif", "volume.nii.gz", "--out", "out")
    assert said.status == 0, said.err
    assert formats.read("out/film/image.zarr").size == (96, 96)
    assert len(formats.read("out/film/image.zarr")) == 2
    assert formats.read("out/volume/image.zarr").size == (4, 96, 96)
    assert Path("out/index.html").exists()


def test_what_is_finished_is_not_done_again_and_another_answer_replaces_it(ethoframe, still):
    words = ("apply", "enhance/denoise", still, "--out", "out", "--no-report")
    assert ethoframe(*words).status == 0
    assert "finished before" in ethoframe(*words).out
    assert ethoframe("apply", "detect/blobs", still, "--out", "out", "--no-report").status == 0
    inside = {path.name for path in Path("out/cells").iterdir()}
    assert inside == {"points.csv", "provenance.json"}


def test_one_bad_file_of_many(ethoframe, still):
    Path("bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    said = ethoframe("apply", "detect/blobs", still, "bad.png", "--out", "out", "--json")
    assert said.status == 3
    good, bad = json.loads(said.out)
    assert (good["status"], bad["status"]) == ("done", "failed")
    assert "bad.png" in said.err
    assert [row["recording"] for row in rows(Path("out/failures.csv"))] == ["bad.png"]


def test_a_folder_is_every_picture_in_it(ethoframe, here):
    for place in ("plate", "plate/sub"):
        Path(place).mkdir()
        saved(Path(place) / "a.png", discs())
    said = ethoframe("apply", "detect/blobs", "plate", "--out", "out", "--no-report")
    assert said.status == 0, said.err
    assert Path("out/a/points.csv").exists()
    assert Path("out/sub/a/points.csv").exists()
    joined = ethoframe("apply", "detect/blobs", "plate", "--join", "--out", "o", "--no-report")
    assert joined.status == 0, joined.err
    assert Path("o/plate/points.csv").exists()


def test_registration_moves_the_picture_and_the_places(ethoframe, here):
    rng = np.random.default_rng(0)
    import cv2

    fixed = cv2.GaussianBlur(rng.uniform(0, 255, (160, 200)).astype(np.float32), (0, 0), 4)
    fixed = cv2.normalize(fixed, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    matrix = np.float32([[1, 0, 7], [0, 1, -4]])
    moving = cv2.warpAffine(fixed, matrix, (200, 160), borderMode=cv2.BORDER_REFLECT)
    saved(Path("fixed.png"), fixed)
    saved(Path("moving.png"), moving)
    Path("places.csv").write_text("x,y\n57,46\n107,96\n")
    Path("truth.csv").write_text("x,y\n50,50\n100,100\n")
    said = ethoframe(
        "apply", "register/affine", "moving.png", "--to", "fixed.png", "--out", "out",
        "--landmarks", "places.csv", "--fixed-landmarks", "truth.csv",
    )  # fmt: skip
    assert said.status == 0, said.err
    there = rows(Path("out/moving/landmarks.csv"))
    assert float(there[0]["x_px"]) == pytest.approx(50, abs=0.2)
    assert float(there[1]["y_px"]) == pytest.approx(100, abs=0.2)
    assert float(there[0]["error_px"]) < 0.2
    assert formats.read("out/moving/moved.tif").size == (160, 200)
    assert Path("out/moving/transform.json").exists()
    report = Path("out/moving/report.html").read_text("utf-8")
    assert "similarity" in report


def test_a_registration_that_failed_says_so(ethoframe, here):
    rng = np.random.default_rng(0)
    saved(Path("fixed.png"), discs())
    saved(Path("moving.png"), rng.integers(0, 255, (96, 96)).astype(np.uint8))
    said = ethoframe("apply", "register/affine", "moving.png", "--to", "fixed.png", "--out", "out")
    assert said.status == 3
    assert "failed" in said.err
    assert json.loads(Path("out/moving/transform.json").read_text("utf-8"))["failed"]
    again = ethoframe("apply", "register/affine", "moving.png", "--to", "fixed.png", "--out", "out")
    assert (again.status, "failed" in again.err) == (3, True)
    assert Path("out/moving/report.html").exists()


def test_what_is_typed_wrong(ethoframe, still):
    said = ethoframe("apply", "segment/watershet", still)
    assert said.status == 2
    assert "did you mean segment/watershed?" in said.err
    assert ethoframe("apply", "detect/blobs", "nowhere.png", "--out", "o").status == 3
    assert ethoframe("apply", "detect/blobs", still, "--scale", "big").status == 2
    assert ethoframe("apply", "register/affine", still).status == 2  # of what it is to lie on


def moving_discs() -> Recording:
    """Three frames of discs that drift to the right."""
    pixels = np.stack([np.roll(discs(), 2 * t, axis=1) for t in range(3)])
    return Recording.of(pixels[..., None], 5.0)


def test_what_a_run_wrote_can_be_given_back(ethoframe, here):
    formats.write(moving_discs(), "film.tif")
    words = ("--no-report", "--out")
    assert ethoframe("apply", "segment/watershed", "film.tif", *words, "cells").status == 0
    labels = "cells/film/labels.zarr"
    again = ethoframe("apply", "measure/objects", "cells", "--recording", "film.tif", *words, "m")
    assert again.status == 0, again.err
    assert len(rows(Path("m/film/objects.csv"))) == 9
    change = ethoframe("apply", "measure/change", labels, *words, "c")
    assert change.status == 0, change.err
    assert Path("c/film/measures.csv").exists()
    assert ethoframe("apply", "enhance/denoise", "film.tif", *words, "d").status == 0
    smooth = ethoframe("apply", "segment/watershed", "d/film/image.zarr", *words, "s")
    assert smooth.status == 0, smooth.err


def test_regions_are_carried_from_frame_to_frame(ethoframe, here):
    formats.write(moving_discs(), "film.tif")
    seeds = np.zeros((96, 96), np.uint8)
    for n, x in enumerate((16, 48, 80)):
        seeds[46:50, x - 2 : x + 2] = n + 1
    seeds[2:6] = 4  # the ground
    saved(Path("seeds.png"), seeds)
    said = ethoframe("apply", "track/regions", "film.tif", "--seeds", "seeds.png", "--out", "o",
                     "--shrink-px", "3", "--no-report")  # fmt: skip
    assert said.status == 0, said.err
    table = rows(Path("o/film/objects.csv"))
    first = [float(row["x_px"]) for row in table if float(row["label"]) == 1]
    assert np.diff(first) == pytest.approx([2, 2], abs=0.5)


def test_a_map_that_failed_is_not_used(ethoframe, still):
    saved(Path("blank.png"), np.full((96, 96), 9, np.uint8))
    Path("places.csv").write_text("x,y\n10,10\n")
    said = ethoframe("apply", "register/affine", "blank.png", "--to", still, "--out", "o",
                     "--landmarks", "places.csv")  # fmt: skip
    assert said.status == 3
    assert rows(Path("o/blank/landmarks.csv"))[0]["x_px"] in ("", "nan")
    assert json.loads(Path("o/blank/provenance.json").read_text("utf-8"))["failed"]
    again = ethoframe("apply", "register/resample", still, "--transform", "o/blank/transform.json")
    assert again.status == 3
    assert "this registration failed" in again.err


def test_a_saved_map_carries_other_places(ethoframe, still):
    from ethoframe.data import Transform
    from ethoframe.formats import transform

    transform.write(Path("map.json"), Transform.moving(5, -2))
    Path("places.csv").write_text("x,y\n10,10\n")
    said = ethoframe("apply", "register/resample", still, "--transform", "map.json", "--out", "o",
                     "--landmarks", "places.csv")  # fmt: skip
    assert said.status == 0, said.err
    (row,) = rows(Path("o/cells/landmarks.csv"))
    assert (float(row["x_px"]), float(row["y_px"])) == (15.0, 8.0)


def test_landmarks_of_another_dimension_are_refused_at_once(ethoframe, here):
    volume = Recording.of(np.stack([discs()] * 4)[None, ..., None])
    formats.write(volume, "volume.nii.gz")
    Path("flat.csv").write_text("x,y\n10,10\n")
    said = ethoframe("apply", "register/phase", "volume.nii.gz", "--to", "volume.nii.gz",
                     "--landmarks", "flat.csv", "--out", "o")  # fmt: skip
    assert said.status == 3
    assert "its landmarks do not lie in a volume" in said.err


def test_counts_of_a_recording_are_measures_of_its_time(ethoframe, here):
    formats.write(moving_discs(), "film.tif")
    said = ethoframe("apply", "regress/count-objects", "film.tif", "--out", "o", "--no-report")
    assert said.status == 0, said.err
    counts = [row for row in rows(Path("o/film/measures.csv")) if row["quantity"] == "count"]
    assert [float(row["value"]) for row in counts] == [3, 3, 3]
    assert float(counts[1]["bin_start_s"]) == pytest.approx(0.2)


def test_resampling_needs_a_map(ethoframe, still):
    said = ethoframe("apply", "register/resample", still, "--out", "o")
    assert said.status == 3
    assert "neither a map nor another grid" in said.err


def test_a_folder_of_results_is_told_whole_however_many_commands_filled_it(ethoframe, here):
    for name, count in (("a", 2), ("b", 3)):
        saved(Path(f"{name}.png"), discs(count))
        said = ethoframe("apply", "regress/count-objects", f"{name}.png", "--out", "o")
        assert said.status == 0, said.err
    counts = [row for row in rows(Path("o/measures.csv")) if row["quantity"] == "count"]
    assert [(row["recording"], float(row["value"])) for row in counts] == [
        ("a.png", 2),
        ("b.png", 3),
    ]
    page = Path("o/index.html").read_text("utf-8")
    assert "a.png" in page
    assert "b.png" in page


def test_every_room_has_a_heading_in_the_order_of_an_analysis(ethoframe):
    lines = ethoframe("apply", "--help").out.splitlines()
    headings = [line[:-1] for line in lines if line[:1].isupper() and line.endswith(":")]
    assert headings[1:] == [room.capitalize() for room in ROOMS]
    assert lines[lines.index("Segment:") + 1].startswith("  segment/components ")


def test_help_says_which_file_is_meant_and_what_has_no_bound(ethoframe):
    said = " ".join(ethoframe("apply", "register/resample", "--help").out.split())
    assert "--transform FILE The transform.json of a registration" in said
    assert "--motion FILE The transforms.json of register/motion" in said
    assert "A picture or volume" in said
    said = " ".join(ethoframe("apply", "segment/threshold", "--help").out.split())
    assert "--low-level level Of a band, itself in it. [default: none]" in said
    assert "e+300" not in said
    said = " ".join(ethoframe("apply", "segment/region-growing", "--help").out.split())
    assert "Labels (.tif, .zarr, .png ...)" in said


def test_a_name_that_is_like_none_has_no_hint(ethoframe, still):
    said = ethoframe("apply", "nothing/x", still)
    assert said.status == 2
    assert "there is no method 'nothing/x'; ethoframe methods lists all" in said.err


def test_a_volume_has_three_lengths(ethoframe, here):
    y = np.stack([discs()] * 6)
    tifffile.imwrite("a.tif", y, photometric="minisblack")
    words = ("apply", "segment/watershed", "a.tif", "--pages", "z", "--no-report")
    said = ethoframe(*words, "--scale", "0.5x0.5x2um/px", "--out", "out")
    assert (said.status, said.err) == (0, "")
    labels = formats.read_labels("out/a/labels.zarr")
    assert labels.spacing_mm == pytest.approx((0.002, 0.0005, 0.0005))
    again = ethoframe("score", "out/a", "out/a/labels.zarr", "--json")
    assert again.status == 0, again.err
    assert "--scale 0.5x0.5x2um/px" in ethoframe(*words, "--scale", "0.5um/px", "--out", "o").err


def test_classes_are_not_listed_as_objects(ethoframe, still):
    said = ethoframe("apply", "segment/threshold", still, "--low-level", "100", "--out", "out")
    assert said.status == 0, said.err
    inside = {path.name for path in Path("out/cells").iterdir()}
    assert "classes.csv" in inside
    assert "objects.csv" not in inside
    (row,) = rows(Path("out/cells/classes.csv"))
    assert row["label"] == "1"
    assert float(row["area_px2"]) == np.count_nonzero(discs() >= 100)
    assert "1 class</b>" not in Path("out/cells/report.html").read_text("utf-8")
    wrong = ethoframe("apply", "segment/threshold", still, "--rule", "li", "--high-level", "9")
    assert "makes no use of low_level" in wrong.err


@pytest.mark.parametrize("method", ["regress/count-objects", "regress/size"])
def test_what_was_counted_is_drawn(ethoframe, here, method):
    film = Recording.of(np.stack([discs(), discs(2)])[..., None], 5.0)
    formats.write(film, "film.tif")
    said = ethoframe("apply", method, "film.tif", "--out", "out")
    assert said.status == 0, said.err
    page = Path("out/film/report.html").read_text("utf-8")
    assert page.count('class="numbers') == 2


def test_labels_that_were_given_are_drawn_of_the_frames_they_are_of(ethoframe, here):
    film = Recording.of(np.stack([discs()] * 9)[..., None], 5.0)
    formats.write(film, "film.tif")
    assert ethoframe("apply", "segment/watershed", "film.tif", "--out", "cells").status == 0
    given = ("--labels", "cells/film/labels.zarr")
    said = ethoframe("apply", "regress/count-objects", "film.tif", *given, "--out", "out")
    assert said.status == 0, said.err
    assert Path("out/film/report.html").read_text("utf-8").count('class="numbers') == 6
