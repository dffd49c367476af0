import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.score.split import Split, by_blocks, by_unit, choose, k_folds

SHARES, SEEDS = st.floats(0.05, 0.6), st.integers(0, 1000)
HOW = ["auto", "subject", "recording", "blocks", "random"]


@st.composite
def labels(draw):
    """Recordings, of three subjects at most, and frame numbers; some frames are labelled twice."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, recordings = draw(st.integers(2, 80)), draw(st.integers(1, 6))
    which = random.integers(0, recordings, n)
    subjects = [f"mouse {k % 3}" for k in which] if draw(st.booleans()) else None
    return [f"film {k}" for k in which], subjects, random.integers(0, 300, n)


def lawful(told, n):
    every = np.concatenate([told.train, told.validation, told.dropped])
    assert np.sort(every).tolist() == list(range(n))
    assert len(told) == n
    assert len(told.train)


def apart(told, names, positions, gap):
    for k in told.validation:
        near = [j for j in told.train if names[j] == names[k]]
        assert all(abs(int(positions[j]) - int(positions[k])) > gap for j in near)


@given(labels(), SHARES, SEEDS, st.sampled_from(HOW))
def test_a_split_is_complete_disjoint_and_the_same_again(case, share, seed, how):
    names, subjects, positions = case
    try:
        told = choose(names, subjects, positions, share, seed, how)
    except Refusal:
        several = len(set(names)) > 1 and (how != "subject" or subjects is not None)
        assert how != "auto"
        assert how == "subject" or not several
        return
    lawful(told, len(names))
    assert told == choose(names, subjects, positions, share, seed, how)
    assert Split.from_json(told.to_json()) == told
    if told.how == "none":
        return
    assert len(told.validation)
    if told.how in ("subject", "recording"):
        of = {side: {names[k] for k in getattr(told, side)} for side in ("train", "validation")}
        assert not of["train"] & of["validation"]
        assert not len(told.dropped)
    if told.how == "subject":
        taught, kept = ({subjects[k] for k in side} for side in (told.train, told.validation))
        assert not taught & kept
    apart(told, names, positions, 0 if told.how in ("blocks", "random") else -1)


@given(labels(), SHARES, SEEDS, st.integers(0, 12))
def test_the_gap_is_kept_and_only_what_is_in_it_is_dropped(case, share, seed, gap):
    names, _, positions = case
    try:
        told = by_blocks(positions, share, gap, seed, names)
    except Refusal:
        return
    lawful(told, len(names))
    apart(told, names, positions, gap)
    for k in told.dropped:
        kept = [j for j in told.validation if names[j] == names[k]]
        assert min(abs(int(positions[j]) - int(positions[k])) for j in kept) <= gap


@given(st.integers(10, 400), st.floats(0.1, 0.5), SEEDS)
def test_blocks_are_few_and_of_the_share(n, share, seed):
    told = by_blocks(range(n), share, 0, seed)
    assert len(told.validation) == round(share * n)
    blocks = 1 + (np.diff(told.validation) > 1).sum()
    assert blocks <= 4
    assert blocks == 1 or len(told.validation) >= 16


@given(labels(), st.integers(2, 5), SEEDS, st.sampled_from(HOW))
def test_folds_keep_each_frame_back_once(case, folds, seed, how):
    names, subjects, positions = case
    try:
        told = k_folds(names, subjects, positions, folds, seed, how)
    except Refusal:
        return
    assert len(told) == folds
    back = np.concatenate([each.validation for each in told])
    assert np.sort(back).tolist() == list(range(len(names)))
    for each in told:
        lawful(each, len(names))
        assert len(each.validation)
    assert [*told] == [*k_folds(names, subjects, positions, folds, seed, how)]


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), SHARES, SEEDS)
def test_every_class_of_two_images_is_on_both_sides(seed, share, chance):
    random = np.random.default_rng(seed)
    classes = random.choice(4, 40, p=[0.7, 0.2, 0.07, 0.03])
    told = by_unit([f"image {k}" for k in range(40)], share, chance, classes.tolist())
    for one in set(classes.tolist()):
        assert (classes[told.train] == one).any()
        if (classes == one).sum() > 1:
            assert (classes[told.validation] == one).any()
        else:
            assert f"{one}" in told.says.split("no frame of ")[1]
    assert abs(len(told.validation) / 40 - share) < 0.1 + 0.03


def test_folds_share_out_every_class():
    classes = [0] * 40 + [1] * 10
    for each in k_folds([f"{k}" for k in range(50)], folds=5, classes=classes):
        assert (np.array(classes)[each.validation] == 1).sum() == 2
        assert len(each.validation) == 10


def test_blocks_are_drawn_again_until_classes_are_on_both_sides():
    classes = [*"aaaaaaaaaaaaaaaaaaaabbbbaaaaaaaaaaaaaaaa"]
    for seed in range(5):
        told = by_blocks(range(40), 0.2, 0, seed, classes=classes)
        assert {classes[k] for k in told.validation} == {"a", "b"}
        assert {classes[k] for k in told.train} == {"a", "b"}


def test_auto_takes_what_is_most_honest():
    films, mice = ["a", "a", "b", "b", "c", "c"], ["m", "m", "m", "m", "n", "n"]
    assert choose(films, mice).how == "subject"
    assert choose(films).how == "recording"
    assert choose(films, ["m"] * 6).how == "recording"
    assert "all are of one subject" in choose(films, ["m"] * 6).says
    assert choose(["a"] * 6).how == "blocks"
    assert "nothing of other recordings" in choose(["a"] * 6).says
    assert "flatters" in choose(films, how="random").says


def test_a_subject_that_is_not_known_is_its_recording():
    told = choose(["a", "a", "b", "c"], ["", "", "m", "m"], share=0.5)
    assert told.how == "subject"
    assert {*told.train} in ({0, 1}, {2, 3})


def test_a_recording_of_two_subjects_stays_whole():
    with pytest.raises(Refusal, match="all frames are of one subject"):
        choose(["a", "a", "b", "b"], ["m", "n", "n", "o"], how="subject")


def test_seeds_differ():
    films = [f"{k}" for k in range(20)]
    assert len({tuple(choose(films, seed=seed).validation) for seed in range(10)}) > 5
    assert len({tuple(choose(["a"] * 50, seed=seed).validation) for seed in range(10)}) > 5


def test_one_labelled_frame_is_taught_and_nothing_kept_back():
    for told in (choose(["a"]), choose(["a", "a"], positions=[7, 7])):
        assert (told.how, len(told.validation)) == ("none", 0)
        assert "cannot be said" in told.says
    assert choose(["a", "b"], share=0).how == "none"


def test_two_frames_are_one_each():
    told = choose(["a", "a"], positions=[0, 100])
    assert (len(told.train), len(told.validation)) == (1, 1)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda: choose([]), "no frame is labelled"),
        (lambda: choose(["a", "b"], share=1.0), "no share"),
        (lambda: by_unit(["a", "b"], share=-1), "no share"),
        (lambda: choose(["a", "a"], how="recording"), "split by blocks"),
        (lambda: choose(["a", "b"], how="subject"), "no subject is named"),
        (lambda: by_blocks(range(10), 0.2, gap=50), "gap of 50 frames"),
        (lambda: by_blocks([3, 3], 0.2), "nothing is left to teach"),
        (lambda: k_folds(["a", "b"], folds=3), "2 frames cannot make 3 folds"),
        (lambda: k_folds(["a", "b", "c"], folds=1), "two at least"),
        (lambda: Split.from_json("{}"), "no split"),
        (lambda: Split.from_json('{"train": [0], "validation": [0], "dropped": [],'
                                 '"how": "x", "seed": 1, "says": ""}'), "only once"),
    ],
)  # fmt: skip
def test_what_cannot_be_split(ask, why):
    with pytest.raises(Refusal, match=why):
        ask()


@pytest.mark.parametrize("wrong", [{"positions": [1]}, {"subjects": ["a"]}, {"classes": [1]}])
def test_each_frame_needs_its_own(wrong):
    with pytest.raises(ValueError, match=r"one .* each"):
        choose(["a", "b"], **wrong)


def test_the_gap_of_a_film_is_a_hundredth_of_it():
    told = choose(["a"] * 100, positions=np.arange(100) * 10, seed=3)
    assert "a gap of 10 frames" in told.says
    assert 1 <= len(told.dropped) <= 4
    apart(told, ["a"] * 100, np.arange(100) * 10, 10)
