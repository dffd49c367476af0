"""Parts that pages of fitted models share, whatever these answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from ethoframe.nets.model import Model
from ethoframe.report.model.advice import command
from ethoframe.report.model.judged import Figure
from ethoframe.report.palette import BLUE, SKY
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.pairs import pairs
from ethoframe.report.wording import escaped, interval, number, quoted, unit
from ethoframe.score.calibration import Reliability


def key_figure(figure: Figure) -> str:
    """One of the numbers in the head of a page."""
    each, times, symbol = figure.estimate, 1.0, unit(figure.unit)
    if figure.unit == "share":
        times, symbol = 100.0, "%"
    symbol = "" if figure.unit == "1" else symbol
    low, high = times * each.low, times * each.high
    between = interval(low, high)
    small = f"{between}; {figure.says}" if between else figure.says
    value = number(times * each.value, low, high)
    return (
        f'<div class="key"><dt>{escaped(figure.name)}</dt><dd>{escaped(value)} '
        f"<span>{escaped(symbol)}</span></dd><small>{escaped(small)}</small></div>"
    )


def reliability_chart(told: Reliability) -> str:
    """How often answers are right, by how sure they are."""
    chart = Chart(Scale(0.0, 1.0, "confidence"), Scale(0.0, 1.0, "share right"))
    most = max(float(told.count.max(initial=0)), 1.0)
    chart.steps(told.edges, told.count / most, "color-mix(in srgb, currentColor 14%, transparent)")
    chart.line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), SKY)
    known = told.count > 0
    chart.line(told.sure[known], told.right[known], BLUE)
    for sure, right in zip(told.sure[known], told.right[known], strict=True):
        chart.line(np.array([sure]), np.array([right]), BLUE)
    return chart.svg("Reliability diagram")


def applied(model: Model, given: str) -> str:
    """How the model is applied; `given` is what it is applied to in Python."""
    folder, method = os.fspath(model.folder), model.method
    words = ("ethoframe", "apply", method, "FILES", "--weights", folder, "--out", "results")
    python = (
        "from ethoframe import formats\nfrom ethoframe.run import apply\n"
        "from ethoframe.run.fitting import fitted\n\n"
        f"method = fitted({method!r}, {folder!r})\n"
        f"answer = apply(method, {given})"
    )
    return (
        f"{command('at the command line, without torch', quoted(*words))}"
        f"{command('in Python', python)}"
    )


def card_section(model: Model) -> str:
    """What the model's card says, all of it but its labels."""
    card = model.card
    network = model.network
    sides = " × ".join(str(side) for side in reversed(network.size))
    heads = ", ".join(f"{head.kind} ({head.channels})" for head in network.heads)
    identity = {
        "method": f"{model.method}, version {card.get('version', '?')}",
        "network": f"{network.encoder}, {network.decoder}, stride {network.stride}, {sides} px",
        "answers": heads,
        "first weights": card.get("weights_from", "none"),
        "licence": _licence(card),
        "fitted with": f"ethoframe {card.get('ethoframe', '?')}",
        "command": card.get("command") or "from Python",
    }
    hashes = {"model": model.hash, "labels": card.get("labels", {}).get("fingerprint", "")}
    hashes |= dict(card.get("files", {}))
    agrees = {f"ONNX beside torch, {k}": f"{v:.1e}" for k, v in card.get("agrees", {}).items()}
    listed = "".join(
        f"<tr><th scope='row'>{escaped(name)}</th><td><code>{escaped(told)}</code></td></tr>"
        for name, told in hashes.items()
    )
    return (
        f"{pairs(identity)}<h3>Hashes (SHA-256)</h3><table class='hashes'>{listed}</table>"
        f"<h3>Parameters</h3>{pairs(dict(model.parameters))}"
        f"<h3>Training</h3>{pairs(dict(card.get('training', {})))}"
        f"<h3>Settled after training</h3>{pairs({**model.settled, **agrees})}"
        f"<details><summary>Software</summary>{pairs(dict(card.get('software', {})))}</details>"
    )


def _licence(card: Mapping[str, Any]) -> str:
    """What is known of what binds whoever passes the model on."""
    source = str(card.get("weights_from", "none"))
    if source.startswith("none"):
        return "the weights are yours: they come from your labels alone"
    return f"first weights: {source}; what was learned on top of them is yours"


def sections_of(sections: Mapping[str, str]) -> str:
    """Those that say something, each under its heading."""
    return "".join(
        f'<section id="{key_of(name)}">\n<h2>{escaped(name)}</h2>\n{text}\n</section>\n'
        for name, text in sections.items()
        if text
    )


def key_of(name: str) -> str:
    """What links to a section call it."""
    return name.lower().replace(" ", "-")
