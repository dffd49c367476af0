from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ethoframe import formats
from ethoframe.data import (
    Classes,
    Episodes,
    Labelled,
    LabelMap,
    Labels,
    Recording,
    Refusal,
    Values,
)
from ethoframe.formats import classes

FRAMES, RATE = 40, 10


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a video of 40 frames, 10 a second, and three stills."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "stills").mkdir()
    pixels = (np.full((48, 64), 5 * number, np.uint8) for number in range(FRAMES))
    formats.video.write(folder / "m1.mp4", pixels, rate=RATE)
    for name in "abc":
        cv2.imwrite(str(folder / "stills" / f"{name}.png"), np.full((8, 12), ord(name), np.uint8))
    return folder


@pytest.fixture
def told(place):
    def write(text, name="labels.csv", **options):
        (place / name).write_text(text, encoding="utf-8")
        return formats.read_annotations(place / name, **options)

    return write


def test_classes_of_a_video(told):
    labels = told("file,frame,label\nm1.mp4,7,rear\nm1.mp4,2,groom\n\nm1.mp4,9,\n")
    (part,) = labels.parts
    assert labels.gives is Classes
    assert part.said.best == ("groom", "rear", "")
    assert part.said.names == ("groom", "rear")
    assert part.said.numbers.tolist() == part.origin.tolist() == [2, 7, 9]
    assert part.said.times_s.tolist() == pytest.approx([0.2, 0.7, 0.9])
    assert (part.film, part.files, len(part.recording)) == ("m1", (), FRAMES)


def test_classes_of_stills(told):
    labels = told("File;Label\nstills\\b.png;sharp\nstills/a.png;blurred, dark\n")
    assert [part.recording.name for part in labels.parts] == ["stills/b.png", "stills/a.png"]
    assert [part.said.best for part in labels.parts] == [("sharp",), ("blurred, dark",)]
    assert [part.files for part in labels.parts] == [("stills/b.png",), ("stills/a.png",)]
    assert labels.parts[0].recording.frames([0]).pixels.max() == ord("b")


def test_authors_are_told_apart(told):
    labels = told(
        "file,frame,label,author,subject,film\n"
        "m1.mp4,1,rear,AB,mouse 3,day 1\nm1.mp4,1,groom,CD,,\nm1.mp4,2,rear,AB,,day 1\n"
    )
    assert [(part.author, part.said.best) for part in labels.parts] == [
        ("AB", ("rear", "rear")),
        ("CD", ("groom",)),
    ]
    assert [part.subject for part in labels.parts] == ["mouse 3", ""]
    assert [part.film for part in labels.parts] == ["day 1", "m1"]
    assert labels.parts[0].said.names == labels.parts[1].said.names


def test_lines_that_say_the_same_count_once_and_others_are_refused(told):
    said = "file,frame,label,author\nm1.mp4,1,rear,A\nm1.mp4,1,rear,A\nm1.mp4,1,,A\n"
    assert told(said).parts[0].said.best == ("rear",)
    reason = r"csv line 5: label is 'groom', and 'rear' in line 2 of the same frame; take one"
    with pytest.raises(Refusal, match=reason):
        told(said + "m1.mp4,1,groom,A\n")
    assert len(told(said + "m1.mp4,1,groom,B\n").parts) == 2


def test_values_and_their_units(told):
    labels = told(
        "file,frame,area_mm2,weight (g),score,speed_mm_per_s,who\n"
        "m1.mp4,3,31.5,20.2,4,1e1,Ann\nm1.mp4,1,,21,5,,Bob\n"
    )
    (part,) = labels.parts
    assert labels.gives is Values
    assert part.said.names == ("area", "weight", "score", "speed")
    assert part.said.units == ("mm2", "g", "", "mm/s")
    assert np.array_equal(
        part.said.table, [[np.nan, 21, 5, np.nan], [31.5, 20.2, 4, 10]], equal_nan=True
    )
    assert labels.warnings == ("nothing is made of the column who",)


def test_a_comma_may_be_a_point_and_names_may_be_alike(told):
    labels = told("file;value;area_mm2;area_px2\nstills/a.png;1,5;2;3,25\n")
    assert labels.parts[0].said.table.tolist() == [[1.5, 2, 3.25]]
    assert labels.parts[0].said.names == ("value", "area_mm2", "area_px2")


def test_where_stills_come_from(told):
    labels = told("file,label,film,origin\nstills/a.png,x,m1,120\nstills/b.png,y,m1,\n")
    assert labels.columns(["film"]) == {"film": ["m1", "m1"]}
    assert labels.origin.tolist() == [120, 0]


def test_episodes_and_what_was_looked_at(told):
    labels = told(
        "file,start_s,stop_s,label,author\n"
        "m1.mp4,2,2.5,rear,AB\nm1.mp4,1,1.5,groom,AB\nm1.mp4,1,1.5,groom,AB\n"
        "m1.mp4,0,3,Support,AB\nm1.mp4,3.2,3.9,support,AB\n"
    )
    (part,) = labels.parts
    assert labels.gives is Episodes
    assert part.said == Episodes(
        ("groom", "rear"),
        np.array([1, 2.0]),
        np.array([1.5, 2.5]),
        np.array([[0, 3], [3.2, 3.9]]),
        author="AB",
    )
    assert labels.warnings == ()


def test_without_support_all_of_it_counts_and_that_is_told(told):
    labels = told("file,start_s,stop_s,label\nm1.mp4,1,1.5,groom\n")
    assert labels.parts[0].said.support_s.tolist() == [[0.0, pytest.approx(4.0)]]
    assert labels.warnings[0].endswith(
        "a file has no support (m1.mp4): all of each counts as looked at"
    )


def test_individuals_have_episodes_of_their_own(told):
    labels = told(
        "file,start_s,stop_s,label,individual\n"
        "m1.mp4,1,2,rear,b\nm1.mp4,0,1,rear,a\nm1.mp4,0,3,support,\nm1.mp4,3,4,support,a\n"
    )
    (part,) = labels.parts
    assert part.said.names == ("a", "b")
    assert [len(part.said.about(who).support_s) for who in "ba"] == [1, 2]
    assert part.said.about("a").spans("rear").tolist() == [[0, 1]]
    quiet = told("file,start_s,stop_s,label\nm1.mp4,0,3,support\n").parts[0].said
    assert (len(quiet), quiet.names, quiet.looked_s()) == (0, (), 3)


HEAD = "file,frame,label,origin,subject\n"
SPANS = "file,start_s,stop_s,label\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + ",1,rear", "line 2: it names no file"),
        (HEAD + "m1.mp4,,rear", "line 2: it names no frame, and m1.mp4 has 40"),
        (HEAD + "m1.mp4,40,rear", "line 2: m1.mp4 has no frame 40, but 40 of them"),
        (HEAD + "m1.mp4,1.5,rear", "line 2: frame '1.5' is no number from 0 on"),
        (HEAD + "m1.mp4,-1,rear", "line 2: frame '-1' is no number from 0 on"),
        (HEAD + "m1.mp4,one,rear", "line 2: frame 'one' is no number"),
        (HEAD + "m1.mp4,1,rear,1e400", "line 2: origin '1e400' is no number"),
        (HEAD + "m1.mp4,1,a,,s\nm1.mp4,2,b,,t", "line 3: m1.mp4 is of subject 't', and of 's'"),
        (HEAD + "m1.mp4,1,rear,2,s,more", "line 2: has 6 cells, and the heading 5; put quotes"),
        (HEAD + "m2.mp4,1,rear", "a file it names is not there .m2.mp4.; name the folder"),
        (SPANS + "m1.mp4,2,1,rear", "line 2: it is from 2 to 1"),
        (SPANS + "m1.mp4,2,,rear", "line 2: it is from 2 to nowhere"),
        (SPANS + "m1.mp4,2,3,", "line 2: its episode has no label"),
        (SPANS + "m1.mp4,9,10,rear", "line 2: it starts at 9 s, and m1.mp4 ends at 4 s"),
        ("file,start_s,label\nm1.mp4,1,rear", "it has start_s and not the other end"),
        ("file,frame,note\nm1.mp4,1,rear", "it says nothing of files; it needs the columns"),
        ("file,area_mm2\nstills/a.png,wide", "line 2: area_mm2 'wide' is no number"),
        ("file,area_mm2,area_mm2\nstills/a.png,1,2", "a column has no name, or two have one"),
        ("file,,label\nstills/a.png,1,2", "a column has no name, or two have one"),
        ("file,label\nnotes.csv,rear", "not a recording that can be read"),
    ],
)
def test_what_cannot_be_is_refused(told, place, text, reason):
    (place / "notes.csv").write_text("a,b\n")
    with pytest.raises(Refusal, match=reason) as refused:
        told(text)
    assert "\n" not in str(refused.value)


def test_files_that_are_missing_may_be_skipped_or_elsewhere(told, place, tmp_path):
    text = "file,label\nstills/a.png,x\nstills/z.png,y\n"
    labels = told(text, missing="skip")
    assert len(labels) == 1
    assert "a file it names is not there (stills/z.png)" in labels.warnings[0]
    (tmp_path / "labels.csv").write_text(text)
    assert len(classes.read(tmp_path / "labels.csv", recordings=place, missing="skip")) == 1


def test_what_is_no_such_table(place, tmp_path):
    scorer = "scorer,AB,AB\nbodyparts,nose,nose\ncoords,x,y\nfile,1,2\n"
    analyzer = '"file";"Experimenter";"from";"to";"type";"ID"\n"a.json";"AB";1.5;2;"Rear";"a"\n'
    placed = "file,keypoint,x_px\na.png,nose,3\n"
    nothing = ["", "a,b\n1,2\n", "file\na.png\n", placed]
    for text in [*nothing, scorer, analyzer, "file,type\na.png,rear\n"]:
        path = tmp_path / "CollectedData_AB.csv"
        path.write_text(text)
        assert not classes.knows(path)
    path.write_bytes(b"\x00\x01file,label")
    assert not classes.knows(path)
    with pytest.raises(Refusal, match="it is no table of text"):
        classes.read(path)
    with pytest.raises(Refusal, match="cannot be read"):
        classes.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "text",
    [
        "file,label\n",
        "file,label,mood\na.png,rear,fine\n",
        "file,start_s,stop_s,label\n",
        "file,area_mm2,mood\na.png,,fine\n",
        "file;frame;value\na.png;0;1,5\n",
        "file,count,author\na.png,,AB\nb.png,3,AB\n",
        "file,score\n" + "a.png,1\n" * 1000,
        "file,frame,note\na.png,0,dark\n",  # what is wrong with it is told when it is read
        "file,label\na.png,x,one too many\n",
    ],
)
def test_what_is_such_a_table(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    assert classes.knows(path)


def test_letters_of_excel(told, place):
    (place / "old.csv").write_bytes("file;label\r\nstills/a.png;müde\r\n".encode("cp1252"))
    assert classes.read(place / "old.csv").parts[0].said.best == ("müde",)
    assert told("\ufefffile,label\nstills/a.png,müde\n").parts[0].said.best == ("müde",)


def test_nothing_is_decoded(told, place):
    path = place / "cut.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (8, 12), np.uint8))
    path.write_bytes(path.read_bytes()[:41])
    assert told("file,label\ncut.png,x\n").parts[0].recording.size == (8, 12)


def same(some, others):
    """Whether labels say the same of the same files."""
    assert len(some.parts) == len(others.parts)
    for one, other in zip(some.parts, others.parts, strict=True):
        assert one.said == other.said
        assert one.recording == other.recording
        for name in ("film", "subject", "author"):
            assert getattr(one, name) == getattr(other, name)
        if not isinstance(one.said, Episodes):
            assert one.origin.tolist() == other.origin.tolist()


WORDS = st.sampled_from(["", "groom", "rear, high", 'a "b"', "é"])
NAMES = st.sampled_from(["", "AB", "mouse; 3", "ü"])


@st.composite
def classed(draw, recording):
    numbers = np.array(sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=5))))
    words = draw(st.lists(WORDS, min_size=len(numbers), max_size=len(numbers)))
    names = sorted({*words} - {""})
    return Classes.said(words, names, numbers, recording.times_s[numbers])


@st.composite
def valued(draw, recording):
    numbers = np.array(sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=5))))
    names = draw(
        st.lists(
            st.sampled_from(["area", "value", "n_px", "Frame", "a, b"]), min_size=1, unique=True
        )
    )
    units = draw(
        st.lists(
            st.sampled_from(["", "mm2", "mm/s", "g", "%", "1/min"]),
            min_size=len(names),
            max_size=len(names),
        )
    )
    numbers_of = st.floats(allow_nan=True, allow_infinity=False)
    table = draw(arrays(np.float64, (len(numbers), len(names)), elements=numbers_of))
    return Values(table, tuple(names), tuple(units), numbers, recording.times_s[numbers])


@st.composite
def spanned(draw, recording):
    spans = st.lists(
        st.tuples(st.floats(0, 4), st.floats(0, 4)).map(sorted), max_size=4, unique_by=str
    )
    said = sorted((a, b, draw(st.sampled_from(["groom", "rear, high"]))) for a, b in draw(spans))
    looked = sorted(draw(spans.filter(len)))
    return Episodes(
        tuple(label for _, _, label in said),
        np.array([a for a, _, _ in said]),
        np.array([b for _, b, _ in said]),
        np.array(looked),
        tuple(draw(st.sampled_from(["animal", "b"])) for _ in said),
        tuple(draw(st.sampled_from(["", "b"])) for _ in looked),
    )


@pytest.mark.parametrize("kind", [classed, valued, spanned])
def test_what_is_written_comes_back(place, kind):
    recording = formats.read(place / "m1.mp4", name="m1.mp4")
    (place / "deeper").mkdir(exist_ok=True)

    @given(
        said=kind(recording),
        film=NAMES,
        subject=NAMES,
        author=NAMES,
        folder=st.sampled_from([".", "deeper"]),
    )
    def comes_back(said, film, subject, author, folder):
        if isinstance(said, Episodes):
            said = Episodes(*(getattr(said, n) for n in FIELDS), author=author)
        part = Labelled(recording, said, film=film or "m1", subject=subject, author=author)
        path = place / folder / "again.csv"
        assert classes.write(Labels((part,)), path) == ()
        found = classes.read(path)
        same(found, Labels((part,)))
        assert found.warnings == ()

    comes_back()


FIELDS = ("labels", "start_s", "stop_s", "support_s", "individuals", "watched")


def test_a_folder_of_stills_is_written_file_by_file(place, tmp_path):
    folder = formats.read(place / "stills")
    said = Classes.said(["x", "y"], ["x", "y"], np.array([0, 2]))
    part = Labelled(folder, said, origin=np.array([10, 30]), film="m1", author="AB")
    classes.write(Labels((part,)), tmp_path / "a.csv")
    labels = classes.read(tmp_path / "a.csv")
    assert [each.recording.frames([0]).pixels.max() for each in labels.parts] == [
        ord("a"),
        ord("c"),
    ]
    assert [each.said.best for each in labels.parts] == [("x",), ("y",)]
    assert labels.origin.tolist() == [10, 30]
    assert labels.columns(["film", "author"]) == {"film": ["m1"] * 2, "author": ["AB"] * 2}


def test_what_is_not_kept_is_told_and_what_cannot_be_is_refused(place, tmp_path):
    film = Recording.of(np.zeros((2, 4, 6, 1), np.uint8), name="x.mp4")
    likely = Classes(np.array([[0.3, 0.7]]), ("a", "b"), np.array([0]), np.zeros(1))
    path = tmp_path / "a.csv"
    assert "which is the most probable" in classes.write(Labels((Labelled(film, likely),)), path)[0]
    assert path.read_text() == "file,frame,label\nx.mp4,0,b\n"
    sure = Episodes(
        ("a",), np.zeros(1), np.ones(1), np.array([[0, 2.0]]), confidence=np.array([0.5])
    )
    assert "how sure episodes are" in classes.write(Labels((Labelled(film, sure),)), path)[0]
    masks = LabelMap.of(np.zeros((2, 4, 6), int))
    with pytest.raises(Refusal, match="classes, values and episodes, not LabelMap"):
        classes.write(Labels((Labelled(film, masks),)), path)
