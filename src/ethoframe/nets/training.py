"""How a network is taught: one loop, for every method."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ethoframe.contract import Training
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.nets import checkpoint
from ethoframe.nets.build import build
from ethoframe.nets.checkpoint import Progress
from ethoframe.nets.device import device_for, mixed, with_threads
from ethoframe.nets.grouped import Grouped
from ethoframe.nets.lesson import AT_ONCE, Example, Lesson, stacked, unvaried
from ethoframe.nets.losses import losses
from ethoframe.nets.schedule import OneCycle, paced

DECAY = 0.05
"""Weight decay of AdamW."""

AVERAGED = 0.04
"""The running average of weights looks back over this share of all steps."""

VALIDATIONS = 12
"""How often answers are judged during a training."""

MARK_S = 30.0
"""Seconds between two checkpoints."""

AHEAD = 3
"""Batches that are made ready while one is learned from."""

CLIPPED = 5.0
"""Longest gradient; a longer one is shortened."""

CHECKPOINT, METRICS = "checkpoint.safetensors", "training.csv"

Tell = Callable[[str, int, int], None]


@dataclass
class Taught:
    """What training gives.

    Parameters
    ----------
    net
        With its best weights, ready to answer.
    steps
        How many were carried out.
    history
        Figures of every validation.
    figures
        Those of the weights that were kept.
    told
        What the card says of the training: device, threads, seconds, where weights began.
    """

    net: nn.Module
    steps: int
    history: list[dict[str, float]]
    figures: Mapping[str, float]
    told: Mapping[str, Any]


@dataclass
class Trainer:
    """One training, from its first step to its last.

    Parameters
    ----------
    lesson
        What is taught.
    training
        How; its `steps` are known.
    folder
        Where the checkpoint and the metrics lie.
    key
        Of everything that decides the weights: a checkpoint of another key is not taken up.
    tell
        Called with what is done, how many steps are done, and of how many.
    """

    lesson: Lesson
    training: Training
    folder: Path
    key: str
    tell: Tell | None = None
    device: torch.device = field(init=False)
    net: nn.Module = field(init=False)

    def __post_init__(self) -> None:
        self.device = device_for(self.training)
        self.threads = with_threads(self.training.threads)
        torch.manual_seed(self.training.seed)
        self.net = _built(self.lesson, self.training).to(self.device)
        self.net = self.net.to(memory_format=_layout(self.lesson))
        self.groups = paced(self.net, self.training)
        self.optimizer = _optimizer(self.groups)
        self.cycle = OneCycle(self.training.rate or self.lesson.rate, self.training.steps)
        self.batch = _batch(self.lesson, self.training)

    def run(self) -> Taught:
        """Teaches to the end, from where a checkpoint was left."""
        steps, path = self.training.steps, self.folder / CHECKPOINT
        progress = checkpoint.load(path, self.key, self.net, self.optimizer) or Progress()
        begun = time.monotonic() - progress.seconds
        every = max(1, steps // VALIDATIONS)
        marked = time.monotonic()
        for batch in _prepared(self._batches(progress.step)):
            if self.training.patience and progress.stale >= self.training.patience:
                break
            parts = self.step(batch, progress.step)
            progress.step += 1
            progress.seconds = time.monotonic() - begun
            _average(progress, self.net, steps)
            if progress.step % every == 0 or progress.step == steps:
                self._validate(progress, parts)
            if time.monotonic() - marked > MARK_S:
                checkpoint.save(path, self.key, self.net, self.optimizer, progress)
                marked = time.monotonic()
            if self.tell:
                self.tell("teaching", progress.step, steps)
        # Whatever happens to the model while it is written, nothing need be taught again.
        checkpoint.save(path, self.key, self.net, self.optimizer, progress)
        return self._taught(progress)

    def step(self, batch: Mapping[str, Array], step: int) -> dict[str, float]:
        """Learns from one batch; the loss of each head before that."""
        self.net.train()
        rate = self.cycle.at(step)
        for (pace, _), group in zip(self.groups, self.optimizer.param_groups, strict=True):
            group["lr"] = rate * pace.share if step >= pace.begins * self.cycle.steps else 0.0
        tensors = _tensors(batch, self.device)
        with mixed(self.device):
            answers = self.net(tensors["picture"])
            parts = losses({k: a.float() for k, a in answers.items()}, tensors)
        whole = torch.stack([self.lesson.weights.get(k, 1.0) * p for k, p in parts.items()]).sum()
        if not torch.isfinite(whole):
            raise Refusal("training", f"the loss became {whole:g} at step {step}", "lower --rate")
        self.optimizer.zero_grad(set_to_none=True)
        whole.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), CLIPPED)
        self.optimizer.step()
        return {kind: float(part.detach()) for kind, part in parts.items()}

    def _batches(self, first: int) -> Iterator[Callable[[], dict[str, Array]]]:
        """How each batch is made, from a step on: by the seed and the step alone."""
        for step in range(first, self.training.steps):
            yield partial(self.example_batch, step)

    def example_batch(self, step: int) -> dict[str, Array]:
        """The batch of a step, whatever was done before."""
        order = _order(self.training.seed, step * self.batch, self.batch, len(self.lesson.train))
        chosen = [
            self.lesson.train.example(
                index, np.random.default_rng([self.training.seed, step, place])
            )
            for place, index in enumerate(order)
        ]
        return stacked(chosen)

    def _validate(self, progress: Progress, parts: Mapping[str, float]) -> None:
        figures = self.judged(progress.averaged)
        row = {"step": progress.step, "seconds": round(progress.seconds, 2)}
        row |= {f"loss_{kind}": part for kind, part in parts.items()} | dict(figures)
        progress.history.append(row)
        _stream(self.folder / METRICS, progress.history)
        error = next(iter(figures.values()), float("nan"))
        # The latest is the best also where nothing is kept apart, and there is no error.
        if error < progress.error or not np.isfinite(progress.error):
            progress.error = error if np.isfinite(error) else progress.error
            progress.best = {k: v.clone() for k, v in progress.averaged.items()}
            progress.stale = 0
        else:
            progress.stale += 1

    def judged(self, weights: Mapping[str, Tensor]) -> Mapping[str, float]:
        """Figures on the validation examples with these weights; none where there are none."""
        if not len(self.lesson.validation):
            return {}
        own = {k: v.clone() for k, v in self.net.state_dict().items()}
        self.net.load_state_dict(dict(weights))
        examples = unvaried(self.lesson.validation)
        figures = self.lesson.judge(examples, answers(self.net, examples, self.device))
        self.net.load_state_dict(own)
        return figures

    def _taught(self, progress: Progress) -> Taught:
        self.net.load_state_dict(progress.best or progress.averaged or self.net.state_dict())
        if self.lesson.familiar is not None:
            net: Any = self.net  # one that has what is settled at once
            net.settle(self.lesson.familiar, self.training.seed, self.device)
        figures = self.judged(self.net.state_dict())
        told = {
            "device": str(self.device),
            "threads": self.threads,
            "seconds": round(progress.seconds, 1),
            "steps": progress.step,
            "batch": self.batch,
            "rate": self.cycle.highest,
            "encoder_weights": getattr(self.net, "told", "none"),
        }
        return Taught(self.net.eval().cpu(), progress.step, progress.history, figures, told)


def teach(
    lesson: Lesson, training: Training, folder: Path, key: str, tell: Tell | None = None
) -> Taught:
    """Teaches a network; takes up what a killed training with the same key left in the folder.

    Where all is settled at once, there are no steps, whatever was asked for.
    """
    if not lesson.stepwise:
        training = replace(training, steps=0)
    return Trainer(lesson, training, folder, key, tell).run()


def steps_in(lesson: Lesson, training: Training, tell: Tell | None = None) -> int:
    """How many steps the minutes allow here: some are measured, and forgotten.

    Part of the time is kept for checkpoints, for a slower while, and for writing the model.
    """
    if tell:
        tell("measuring a few steps", 0, 0)
    trainer = Trainer(lesson, replace(training, steps=MEASURED), Path(), "")
    begun = time.monotonic()
    spent = []
    for step, batch in enumerate(_prepared(trainer._batches(0))):
        trainer.step(batch, step)
        spent.append(time.monotonic())
    each = float(np.median(np.diff(spent)))
    if len(lesson.validation):
        before = time.monotonic()
        trainer.judged(trainer.net.state_dict())
        judging = (time.monotonic() - before) * (VALIDATIONS + 1)
    else:
        judging = 0.0
    left = training.minutes * 60 * SPENT - judging - (time.monotonic() - begun) - WRITING_S
    return max(MEASURED, int(left / max(each, 1e-6)))


MEASURED = 10
"""Steps that are measured to learn how long one takes."""

SPENT = 0.85
"""Share of the minutes that is planned with."""

WRITING_S = 25.0
"""Seconds that writing the model takes."""


def answers(
    net: nn.Module,
    examples: Sequence[Example],
    device: torch.device | str = "cpu",
    size: int = AT_ONCE,
) -> Sequence[Mapping[str, Array]]:
    """What the network answers to each example, by the kind of head, when it is come to."""

    @torch.no_grad()
    def answered(places: range) -> list[Mapping[str, Array]]:
        net.eval()
        some = [examples[place]["picture"] for place in places]
        told = net(torch.from_numpy(np.stack(some)).to(device))
        held = {kind: each.float().cpu().numpy() for kind, each in told.items()}
        return [{kind: each[i] for kind, each in held.items()} for i in range(len(some))]

    return Grouped(len(examples), answered, size)


def _built(lesson: Lesson, training: Training) -> nn.Module:
    return build(lesson.network, training.pretrained)


def _batch(lesson: Lesson, training: Training) -> int:
    """Examples of a step: no more than there are, and two at least, whose mean and spread differ.

    Raises
    ------
    Refusal
        When there are no examples.
    """
    count = len(lesson.train)
    if not count:
        raise Refusal("training", "no example is left to learn from", "label some frames")
    return max(2, min(training.batch or lesson.batch, count))


def _layout(lesson: Lesson) -> torch.memory_format:
    flat = len(lesson.network.size) == 2
    return torch.channels_last if flat else torch.contiguous_format


def _optimizer(groups: Sequence[tuple[Any, list[nn.Parameter]]]) -> torch.optim.Optimizer:
    listed = [{"params": held, "lr": 0.0} for _, held in groups]
    return torch.optim.AdamW(listed, lr=1e-3, weight_decay=DECAY)


def _order(seed: int, first: int, count: int, examples: int) -> list[int]:
    """Which examples come at these places of an endless row of shuffled rounds."""
    chosen: list[int] = []
    while len(chosen) < count:
        round_, place = divmod(first + len(chosen), examples)
        shuffled = np.random.default_rng([seed, 7, round_]).permutation(examples)
        chosen += shuffled[place : place + count - len(chosen)].tolist()
    return chosen


def _prepared(
    makers: Iterator[Callable[[], dict[str, Array]]],
) -> Iterator[dict[str, Array]]:
    """Batches in order, the next ones made in another thread."""
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Future[dict[str, Array]]] = []
        for make in makers:
            waiting.append(pool.submit(make))
            if len(waiting) > AHEAD:
                yield waiting.pop(0).result()
        for each in waiting:
            yield each.result()


def _tensors(batch: Mapping[str, Array], device: torch.device) -> dict[str, Tensor]:
    tensors = {k: torch.from_numpy(np.ascontiguousarray(v)).to(device) for k, v in batch.items()}
    picture = tensors["picture"]
    if picture.ndim == 4:
        tensors["picture"] = picture.contiguous(memory_format=torch.channels_last)
    return tensors


@torch.no_grad()
def _average(progress: Progress, net: nn.Module, steps: int) -> None:
    """Moves the running average towards the weights as they are now."""
    state = net.state_dict()
    if not progress.averaged:
        progress.averaged = {k: v.clone() for k, v in state.items()}
        return
    # Short at the beginning, when the first weights are not worth being remembered.
    back = min(AVERAGED * steps, (1 + progress.step) / 10)
    share = 1 / max(1.0, back)
    for name, held in progress.averaged.items():
        if held.is_floating_point():
            held.lerp_(state[name], share)
        else:
            held.copy_(state[name])


def _stream(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    """All figures so far as a table that may be looked at while training runs."""
    names = list(dict.fromkeys(name for row in history for name in row))
    draft = path.with_name(path.name + ".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(history)
    draft.replace(path)
