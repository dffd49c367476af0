"""Training: the same twice, the same after a kill, and honest of what was best."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest
import timm
import torch

from ethoframe.data import Refusal
from ethoframe.nets import training as room
from ethoframe.nets.training import CHECKPOINT, METRICS, Taught, Trainer, steps_in, teach


class Killed(Exception):
    """As if the power had gone."""


def weights(taught: Taught) -> dict[str, np.ndarray]:
    return {name: held.numpy().copy() for name, held in taught.net.state_dict().items()}


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


@pytest.fixture(scope="module")
def undisturbed(lesson, quick, tmp_path_factory) -> dict[str, np.ndarray]:
    """The weights that the seed 0 gives."""
    return weights(teach(lesson(), quick(), tmp_path_factory.mktemp("undisturbed"), "key"))


@pytest.fixture
def judging() -> Callable[..., object]:
    """A judge that says these errors, one after another; the last one from then on."""

    def made(*errors: float):
        said = iter(errors)
        last = [errors[-1]]

        def judge(examples, answers):
            last[0] = next(said, last[0])
            return {"error": last[0]}

        return judge

    return made


def test_one_seed_gives_one_net_and_another_seed_another(lesson, quick, tmp_path, undisturbed):
    again = teach(lesson(), quick(), tmp_path, "key")
    assert same(weights(again), undisturbed)
    assert again.steps == 12
    other = teach(lesson(), quick(seed=1), tmp_path, "another key")
    assert not same(weights(other), undisturbed)


@pytest.mark.parametrize("step", [1, 5, 12])
def test_after_a_kill_it_goes_on_as_if_nothing_had_happened(
    lesson, quick, tmp_path, undisturbed, monkeypatch, step
):
    monkeypatch.setattr(room, "MARK_S", -1.0)  # a checkpoint after every step

    def kill(what: str, done: int, of: int) -> None:
        if done == step:
            raise Killed

    folder = tmp_path / "killed"
    folder.mkdir()
    with pytest.raises(Killed):
        teach(lesson(), quick(), folder, "key", kill)
    assert (folder / CHECKPOINT).is_file()
    torch.rand(17)  # chance goes on meanwhile
    seen = []
    resumed = teach(lesson(), quick(), folder, "key", lambda what, done, of: seen.append(done))
    assert seen == list(range(step + 1, 13))
    assert same(weights(resumed), undisturbed)
    assert [row["step"] for row in resumed.history] == list(range(1, 13))


def test_a_checkpoint_of_other_labels_is_not_taken_up(lesson, quick, tmp_path, undisturbed):
    teach(lesson(), quick(seed=5), tmp_path, "another key")
    assert (tmp_path / CHECKPOINT).is_file()
    assert same(weights(teach(lesson(), quick(), tmp_path, "key")), undisturbed)


def test_a_finished_training_that_is_asked_for_again_teaches_nothing(lesson, quick, tmp_path):
    first = teach(lesson(), quick(), tmp_path, "key")
    told = []
    again = teach(lesson(), quick(), tmp_path, "key", lambda *step: told.append(step))
    assert same(weights(first), weights(again))
    assert not told


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("batch", [1, 2, 64])
def test_a_handful_of_labels_is_enough_to_run(lesson, quick, tmp_path, count, batch):
    few = lesson(count, kept=0)
    taught = teach(few, quick(steps=2, batch=batch), tmp_path, "key")
    assert taught.told["batch"] == min(max(batch, 2), max(count, 2))
    assert not taught.figures
    assert all(np.isfinite(held).all() for held in weights(taught).values())


def test_without_examples_it_refuses(lesson, quick, tmp_path):
    with pytest.raises(Refusal, match="no example is left"):
        teach(lesson(0), quick(), tmp_path, "key")


def test_an_order_is_all_examples_once_in_every_round():
    for first in (0, 3, 10):
        row = [room._order(7, first + 4 * i, 4, 5) for i in range(10)]
        assert all(len(each) == 4 for each in row)
    whole = room._order(7, 0, 50, 5)
    assert all(sorted(whole[i : i + 5]) == list(range(5)) for i in range(0, 50, 5))
    assert whole == [one for i in range(0, 50, 10) for one in room._order(7, i, 10, 5)]
    assert whole != room._order(8, 0, 50, 5)


def test_the_best_is_kept_and_training_stops_when_it_only_gets_worse(
    lesson, quick, tmp_path, judging
):
    one = lesson(judge=judging(3.0, 1.0, 2.0, 2.0, 2.0, 2.0))
    taught = teach(one, quick(steps=24, patience=3), tmp_path, "key")
    assert [row["error"] for row in taught.history] == [3.0, 1.0, 2.0, 2.0, 2.0]
    assert taught.steps == 10  # 24 steps are judged 12 times: three times in vain after the second
    assert taught.told["steps"] == 10

    (tmp_path / "short").mkdir()
    short = teach(lesson(judge=judging(3.0, 1.0)), quick(steps=24), tmp_path / "short", "key")
    assert same(weights(taught), weights(short))  # those of the fourth step, for both


def test_an_error_that_is_no_number_is_no_gain(lesson, quick, tmp_path, judging):
    trainer = Trainer(lesson(judge=judging(1.0, float("nan"))), quick(), tmp_path, "key")
    progress = room.Progress()
    for step in range(3):
        parts = trainer.step(trainer.example_batch(step), step)
        progress.step += 1
        room._average(progress, trainer.net, 12)
        trainer._validate(progress, parts)
    assert (progress.error, progress.stale) == (1.0, 2)


def test_the_weights_that_are_kept_are_those_of_the_least_error(lesson, quick, tmp_path, judging):
    errors = [5.0, 4.0, 1.0, *[2.0] * 9, 2.0]
    trainer = Trainer(lesson(judge=judging(*errors)), quick(), tmp_path, "key")
    seen = []
    judged = trainer.judged
    trainer.judged = lambda held: (
        seen.append({k: v.clone() for k, v in held.items()}),
        judged(held),
    )[1]
    taught = trainer.run()
    assert same(weights(taught), {name: held.numpy() for name, held in seen[2].items()})


def test_validating_changes_nothing_but_what_is_told(lesson, quick, tmp_path, judging):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    often = lesson(judge=judging(*range(12, 0, -1)))  # the last is the best
    never = lesson(validation=lesson(0, kept=0).train)
    first = teach(often, quick(), tmp_path / "a", "key")
    second = teach(never, quick(), tmp_path / "b", "key")
    assert same(weights(first), weights(second))
    assert not second.figures


def test_figures_are_streamed_to_a_table(lesson, quick, tmp_path):
    taught = teach(lesson(), quick(), tmp_path, "key")
    with (tmp_path / METRICS).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, 13))
    assert {"seconds", "loss_values", "loss_inside", "off"} <= rows[0].keys()
    assert float(rows[-1]["off"]) == pytest.approx(taught.history[-1]["off"])
    assert not list(tmp_path.glob("*.draft"))


def test_it_learns(lesson, quick, tmp_path):
    taught = teach(lesson(), quick(steps=30, rate=0.01), tmp_path, "key")
    assert taught.history[-1]["loss_inside"] < 0.9 * taught.history[0]["loss_inside"]
    assert not taught.net.training


def test_a_loss_that_is_no_number_is_told(lesson, quick, tmp_path):
    with pytest.raises(Refusal, match="the loss became nan at step 0; lower --rate"):
        teach(lesson(weights={"values": float("nan")}), quick(), tmp_path, "key")


def test_of_a_finetune_the_encoder_waits_and_its_first_layers_stay(
    lesson, quick, tmp_path, planted
):
    planted(timm.create_model("test_efficientnet", pretrained=False).state_dict())
    trainer = Trainer(lesson(), quick(preset="finetune", pretrained=True), tmp_path, "key")
    own = {n: p.detach().clone() for n, p in trainer.net.encoder.named_parameters()}
    new = {n: p.detach().clone() for n, p in trainer.net.heads.named_parameters()}
    kept = {n: b.clone() for n, b in trainer.net.encoder.body.blocks[0].named_buffers()}
    for step in range(3):  # two and a half steps of twelve are a fifth
        trainer.step(trainer.example_batch(step), step)
        moved = {n for n, p in trainer.net.encoder.named_parameters() if not torch.equal(p, own[n])}
        assert not moved
    assert all(not torch.equal(p, new[n]) for n, p in trainer.net.heads.named_parameters())
    for step in range(3, 6):
        trainer.step(trainer.example_batch(step), step)
    moved = {n for n, p in trainer.net.encoder.named_parameters() if not torch.equal(p, own[n])}
    assert {n.split(".")[2] for n in moved} == {"2", "3", "4"}
    for name, buffer in trainer.net.encoder.body.blocks[0].named_buffers():
        assert torch.equal(buffer, kept[name]), "what knows edges keeps its statistics too"


def test_minutes_become_steps_and_nothing_is_left_behind(lesson, quick, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    few = steps_in(lesson(), quick(steps=0, minutes=0.01))
    many = steps_in(lesson(), quick(steps=0, minutes=30.0))
    assert few == room.MEASURED
    assert many > 20 * few
    assert not list(tmp_path.iterdir())


def test_what_is_measured_before_does_not_change_what_is_learned(
    lesson, quick, tmp_path, undisturbed
):
    steps_in(lesson(), quick(steps=0))
    assert same(weights(teach(lesson(), quick(), tmp_path, "key")), undisturbed)


def test_answers_are_those_of_pictures_one_by_one(lesson, quick, tmp_path):
    net = teach(lesson(), quick(steps=2), tmp_path, "key").net
    train = lesson().train
    examples = [train.example(i, None) for i in range(len(train))]
    together = room.answers(net, examples, torch.device("cpu"), 16)
    single = room.answers(net, examples, torch.device("cpu"), 1)
    for one, other in zip(together, single, strict=True):
        for kind in one:
            np.testing.assert_allclose(one[kind], other[kind], atol=1e-5)
