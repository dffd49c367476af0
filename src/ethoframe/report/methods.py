"""How the numbers came about: command, steps, software, hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ethoframe.report.session import Session
from ethoframe.report.wording import counted, escaped, plain, verbatim


def methods(session: Session) -> str:
    """The exact command, the steps with their parameters, software, and the raw record."""
    told = session.provenance
    parts = [
        _command(session.command or str(told.get("command", ""))),
        _steps(told.get("steps") or _alone(session)),
        _otherwise(session),
        _pairs("Software", told.get("software")),
        _pairs("Fingerprints", _hashes(session)),
        _raw(told),
    ]
    return "\n".join(part for part in parts if part)


def _command(command: str) -> str:
    if not command:
        return '<p class="absent">The command is not known.</p>'
    return (
        "<p>This command gives the same numbers again:</p>"
        f'<div class="command"><code id="command">{verbatim(command)}</code>'
        '<button type="button" data-copy="command">copy</button></div>'
    )


def _alone(session: Session) -> dict[str, Any]:
    """The one method that was applied to tracks; pages of pictures have words of their own."""
    told = {} if session.filmed else session.provenance
    return {str(told["method"]).rpartition("/")[2]: told} if "method" in told else {}


def _steps(steps: Any) -> str:
    rows = "\n".join(_step(name, step) for name, step in _named(steps))
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Step", "Method", "Version", "Parameters")
    )
    return (
        f'<h3>Steps</h3><div class="scroll"><table class="steps"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _otherwise(session: Session) -> str:
    """By which other definitions it was measured as well; nothing where there are none."""
    names = list(session.otherwise.measures)
    if not names:
        return ""
    told = f"{counted(len(names), 'other definition')} as well: {'; '.join(names)}"
    return f"<p>What depends on them was measured by {escaped(told)}.</p>"


def _named(steps: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Steps by name, whether recorded as a mapping or as a list."""
    if isinstance(steps, Mapping):
        return ((str(k), v) for k, v in steps.items() if isinstance(v, Mapping))
    if isinstance(steps, list | tuple):
        return (
            (str(v.get("name", i + 1)), v) for i, v in enumerate(steps) if isinstance(v, Mapping)
        )
    return ()


def _step(name: str, step: Mapping[str, Any]) -> str:
    parameters = step.get("parameters")
    given = parameters.items() if isinstance(parameters, Mapping) else ()
    listed = ", ".join(f"{escaped(k)} = <b>{escaped(_short(v))}</b>" for k, v in given)
    method, version = escaped(step.get("method", "")), escaped(step.get("version", ""))
    return (
        f'<tr><th scope="row">{escaped(name)}</th><td><code>{method}</code></td>'
        f"<td>{version}</td><td>{listed}</td></tr>"
    )


def _hashes(session: Session) -> dict[str, Any]:
    """What tells this recording, this run and what the user gave from any other."""
    told = session.provenance
    found: dict[str, Any] = {"recording": session.recording.identity}
    if "key" in told:
        found["run"] = told["key"]
    given = told.get("given")
    return found | (dict(given) if isinstance(given, Mapping) else {})


def _pairs(title: str, pairs: Any) -> str:
    if not isinstance(pairs, Mapping) or not pairs:
        return ""
    terms = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(_short(value))}</dd></div>"
        for name, value in pairs.items()
    )
    return f'<h3>{title}</h3><dl class="pairs">{terms}</dl>'


def _short(value: Any) -> str:
    """A plain value as it is, anything nested as JSON, neither longer than a few lines."""
    if isinstance(value, Mapping | list | tuple):
        return plain(json.dumps(value, ensure_ascii=False, default=str), 300)
    return plain(value, 300)


def _raw(told: Mapping[str, Any]) -> str:
    if not told:
        return '<p class="absent">No provenance was handed over.</p>'
    text = json.dumps(told, indent=2, ensure_ascii=False, default=str)
    return f"<details><summary>Full record (JSON)</summary><pre>{verbatim(text)}</pre></details>"
