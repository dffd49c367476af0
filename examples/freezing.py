"""From keypoints to freezing in each tone, of a mouse whose every second is known.

    python examples/freezing.py

Your own file, in place of `mouse`: ``formats.read_tracks(Path("m1DLC.csv"), rate=30.0)``, and its
scale by ``Reading(spacing_mm=(1 / 3.2,)).of_tracks("m1", tracks)`` (ethoframe.run.inputs).
"""

from __future__ import annotations

import numpy as np

from ethoframe.data import Episodes, Measures, Tracks
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.methods.measure.bouts import Bouts
from ethoframe.run import apply

RATE, LASTS_S = 30, 180
FROZEN = np.array([[32.0, 41.0], [45.0, 58.0], [95.0, 97.0], [121.0, 149.0]])
TONES = np.array([[30.0, 60.0], [120.0, 150.0]])


def mouse() -> Tracks:
    """Runs in a circle but while it is frozen, and is tracked to half a millimetre."""
    t = np.arange(LASTS_S * RATE) / RATE
    frozen = ((t[:, None] >= FROZEN[:, 0]) & (t[:, None] < FROZEN[:, 1])).any(axis=1)
    turn = np.cumsum(np.where(frozen, 0.0, 80.0 / 100.0)) / RATE
    body = 200 + 100 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ahead = np.stack([-np.sin(turn), np.cos(turn)], axis=1)
    parts = {"nose": 40.0, "left_ear": 28.0, "body_centre": 0.0, "tail_base": -40.0}
    places = np.stack([body + far * ahead for far in parts.values()], axis=2)
    places += np.random.default_rng(1).normal(0, 0.5, places.shape)
    sure = np.ones((len(t), len(parts), 1))
    return Tracks(places[..., None], sure, np.arange(len(t)), t, tuple(parts), unit="mm")


def measured() -> Measures:
    """Time, share, bouts and latency in the session, and in each tone and interval."""
    tracks = mouse()
    freezing = apply(Freezing(), tracks=tracks)
    tones = Episodes.of("tone", TONES, np.array([[0.0, LASTS_S]]))
    bouts = Bouts(bin_s=0.0)
    found: Measures = apply(bouts, episodes=freezing, tracks=tracks, events=tones)
    return found


def true(start_s: float, stop_s: float) -> float:
    """Percent of the time between that it is frozen."""
    frozen = np.clip(FROZEN, start_s, stop_s)
    return float(100 * (frozen[:, 1] - frozen[:, 0]).sum() / (stop_s - start_s))


if __name__ == "__main__":
    print(f"{'':12} measured  true (% of the time)")
    for row in measured().rows:
        if row.quantity == "share of time freezing" and row.during not in ("tone", "interval"):
            truth = true(row.bin_start_s, row.bin_stop_s)
            print(f"{row.during or 'session':12} {row.value:8.1f} {truth:5.1f}")
