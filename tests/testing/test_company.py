from __future__ import annotations

import numpy as np
import pytest

from ethoframe.testing.company import FIRST, SECOND, SOCIAL, Company


def test_the_same_seed_plays_the_same():
    first, again, other = Company(3, 1), Company(3, 1), Company(3, 2)
    assert first.tracks == again.tracks
    assert first.said() == again.said()
    assert len(first.tracks) != len(other.tracks)


def test_in_bouts_the_nose_is_where_it_is_said_to_be():
    company = Company(12, 4, jitter_bl=0.0, hidden=0.0)
    tracks, truth = company.tracks, company.truth()
    assert len(truth) == 12
    assert set(truth.labels) <= set(SOCIAL)
    away = {
        "facing": tracks.at("nose", FIRST) - tracks.at("nose", SECOND),
        "sniffing": tracks.at("nose", FIRST) - tracks.at("tail_base", SECOND),
        "following": tracks.at("nose", FIRST) - tracks.at("tail_base", SECOND),
    }
    for label in set(truth.labels):
        inside = truth.covers(label, tracks.times_s)
        far = np.hypot(*away[label].T) / 50
        assert np.nanmedian(far[inside]) < 0.8
        assert np.nanmedian(far[~inside]) > 1.2


def test_people_are_late_and_miss_some():
    company = Company(40, 5, missed=0.2)
    truth, said = company.truth(), company.said()
    assert 20 < len(said) < 40
    off = np.abs(said.start_s[:, None] - truth.start_s).min(axis=1)
    assert 0.05 < off.mean() < 0.5
    exact = Company(5, 5, off_s=0.0, missed=0.0)
    np.testing.assert_allclose(exact.said().start_s, exact.truth().start_s)


def test_what_is_hidden_has_no_place():
    tracks = Company(3, 6, hidden=0.5).tracks
    gone = np.isnan(tracks.position).any(axis=1)
    assert gone.mean() == pytest.approx((tracks.confidence < 0.5).mean())
    assert 0.02 < gone.mean() < 0.5
