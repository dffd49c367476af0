from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Labelled, Labels, Refusal, Tracks
from ethoframe.methods.behave._motif_models import MODELS, Stretches, taught
from ethoframe.methods.behave._motif_paths import followed
from ethoframe.methods.behave._motif_stability import Candidate, kept_of, without_motifs
from ethoframe.methods.behave.motifs import Motifs
from ethoframe.run.fitting import fit
from ethoframe.run.traced import stand_in
from ethoframe.score.adjusted_rand import adjusted_rand

RATE = 10.0


def alternating(seed: int, kinds: int = 3, lasts_s: float = 200.0) -> tuple[Tracks, np.ndarray]:
    """An animal that is still, walks, spins or walks in a curve, two seconds each or more."""
    chance = np.random.default_rng(seed)
    bouts = np.cumsum(np.r_[chance.integers(0, kinds), chance.integers(1, kinds, 400)]) % kinds
    kind = np.repeat(bouts, chance.integers(20, 40, len(bouts)))[: round(lasts_s * RATE)]
    heading = np.cumsum(np.array([0.0, 0.0, 0.6, 0.2])[kind] + chance.normal(0, 0.02, len(kind)))
    step = np.array([0.0, 10.0, 0.0, 4.0])[kind] * (1 + chance.normal(0, 0.1, len(kind)))
    return placed(heading, step, chance), kind


def drifting(seed: int, lasts_s: float = 200.0) -> Tracks:
    """One that goes faster and slower, and turns, by no kinds."""
    chance = np.random.default_rng(seed)

    def smooth() -> np.ndarray:
        raw = chance.normal(0, 1, round(lasts_s * RATE) + 20)
        return np.convolve(raw, np.ones(10) / 10**0.5, "same")[10:-10]

    return placed(np.cumsum(0.1 * smooth()), 6 + 1.5 * smooth(), chance)


def placed(heading: np.ndarray, step: np.ndarray, chance: np.random.Generator) -> Tracks:
    ahead = np.stack([np.cos(heading), np.sin(heading)], axis=1)
    middle = np.cumsum(step[:, None] * ahead, axis=0)
    held = np.stack([middle + 30 * ahead, middle + 10 * ahead, middle - 30 * ahead], axis=2)
    position = held[..., None] + chance.normal(0, 0.4, (*held.shape, 1))
    t = np.arange(len(heading)) / RATE
    seen = np.ones((len(t), 3, 1))
    return Tracks(position, seen, np.arange(len(t)), t, ("nose", "neck", "tail_base"))


def labels(*tracks: Tracks) -> Labels:
    named = [(f"r{n}", each) for n, each in enumerate(tracks)]
    parts = [Labelled(stand_in(t, name), t, film=name, tracks=t) for name, t in named]
    return Labels(tuple(parts))


QUICK = Training(device="cpu", threads=1)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    for library in ("torch", "onnxscript"):
        pytest.importorskip(library)
    out = tmp_path_factory.mktemp("motifs") / "model"
    method = Motifs(fewest=3, most=4, model="mixture")
    known = labels(alternating(1)[0], alternating(2)[0])
    return fit(method, known, out, QUICK)


def test_kinds_that_are_there_are_found_and_told_of_others(found):
    stability = found.model.card["stability"]
    # Windows in which one kind gives way to another are alike as well: they may be a fourth.
    number = stability["kept"]["number"]
    assert number in (3, 4)
    assert stability["kept"]["halves"] > 0.9
    assert not stability["warning"]
    tracks, kind = alternating(9)
    told = found.method.apply(tracks=tracks)
    names = [f"motif {n}" for n in range(1, number + 1)]
    inside = np.stack([told.covers(name, tracks.times_s) for name in names])
    assert (inside.sum(axis=0) == 1).mean() > 0.99
    assert adjusted_rand(inside.argmax(axis=0), kind) > 0.8
    assert (told.stop_s - told.start_s)[1:-1].min() > 0.3 - 1e-6


def test_the_card_tells_what_motifs_are_like(found):
    motifs = found.model.card["motifs"]
    shares = [each["share"] for each in motifs]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    fast = max(motifs, key=lambda each: each["speed_bl_per_s"])
    spins = max(motifs, key=lambda each: each["turning_deg_per_s"])
    assert fast["speed_bl_per_s"] == pytest.approx(100 / 60, rel=0.3)
    assert spins["turning_deg_per_s"] > 200
    assert fast is not spins
    table = found.model.card["stability"]["table"]
    assert {(row["model"], row["number"]) for row in table} == {("mixture", n) for n in (3, 4)}


def test_of_no_kinds_it_is_said_that_none_are_stable(tmp_path):
    pytest.importorskip("onnxscript")
    method = Motifs(most=3)
    done = fit(method, labels(drifting(1), drifting(2)), tmp_path / "model", QUICK)
    assert "should not be interpreted" in done.model.card["stability"]["warning"]
    assert "NOT STABLE" in done.method.apply(tracks=drifting(3, 20.0)).definition


def test_a_mirror_turn_and_scale_change_nothing(found):
    tracks, _ = alternating(5, lasts_s=30.0)
    turn = 3 * np.array([[0.6, -0.8], [0.8, 0.6]]) @ np.diag([-1.0, 1.0])
    other = replace(tracks, position=np.einsum("ab,tbki->taki", turn, tracks.position))
    first, second = (found.method.apply(tracks=each) for each in (tracks, other))
    assert first.labels == second.labels
    np.testing.assert_allclose(first.support_s, second.support_s)


def test_too_little_is_refused():
    with pytest.raises(Refusal, match="too few for 3 motifs"):
        Motifs().lesson(labels(alternating(1, lasts_s=20.0)[0]), QUICK)
    with pytest.raises(Refusal, match="raise --most"):
        Motifs(fewest=4, most=3).lesson(labels(alternating(1, lasts_s=20.0)[0]), QUICK)


# ------------------------------------------------------------------------------- parts


@pytest.mark.parametrize("least", [1, 2, 3, 4])
def test_paths_are_the_best_that_last_long_enough(least):
    chance = np.random.default_rng(least)
    scores = chance.normal(0, 1, (1, 6, 3))
    onward = np.log(chance.dirichlet(np.ones(3), 3))

    def lasts(path) -> bool:
        runs = [len(list(own)) for _, own in itertools.groupby(path)]
        return all(run >= least for run in runs[1:-1])

    def value(path) -> float:
        fits = sum(scores[0, t, k] for t, k in enumerate(path))
        return fits + sum(onward[a, b] for a, b in itertools.pairwise(path))

    every = (path for path in itertools.product(range(3), repeat=6) if lasts(path))
    told = followed(scores, onward, least)[0].tolist()
    assert lasts(told)
    assert value(told) == pytest.approx(max(map(value, every)))


@pytest.mark.parametrize("kind", MODELS)
def test_each_model_finds_gaussians(kind):
    chance = np.random.default_rng(3)
    kinds = np.repeat(chance.integers(0, 3, 64), 16)
    places = np.array([[0, 0], [6, 0], [0, 6]])[kinds] + chance.normal(0, 1, (len(kinds), 2))
    stretches = Stretches(places.reshape(16, 64, 2), np.ones((16, 64), bool), np.arange(16))
    model = taught(kind, stretches, 3, np.random.default_rng(0))
    assert adjusted_rand(model.told(stretches, 2), kinds) > 0.97


def test_series_without_motifs_keep_means_spreads_and_rhythms():
    rows = np.cumsum(np.random.default_rng(0).normal(0, 1, (200, 3)), axis=0)
    told = without_motifs([rows], np.random.default_rng(1))[0]
    np.testing.assert_allclose(told.mean(axis=0), rows.mean(axis=0))
    np.testing.assert_allclose(np.cov(told.T), np.cov(rows.T), rtol=0.05)
    assert not np.allclose(told, rows)


def test_stable_ones_go_before_others():
    shaky = Candidate("k-means", 9, 1.0, 0.6, -3.0)
    sound = Candidate("k-means", 4, 1.0, 0.8, 0.3)
    alike = Candidate("k-means", 5, 0.5, 1.0, 0.3)
    assert kept_of([shaky, sound, alike]) is sound
    assert kept_of([shaky]) is shaky


def test_tracks_alone_are_asked_for_at_the_command_line():
    from click.testing import CliRunner

    from ethoframe.apps.fit import command

    told = CliRunner().invoke(command, ["behave/motifs", "--help"]).output
    assert "--labels" in told
    assert "--tracks" not in told
    assert "--clock" in told
