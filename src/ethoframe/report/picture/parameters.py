"""What the method does, by its own words, and the parameters it had."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

from ethoframe.contract import Method
from ethoframe.report.picture.pairs import words
from ethoframe.report.wording import escaped, unit

_CODE = re.compile(r"``(.+?)``|`(.+?)`")
_RULE = re.compile(r"^-{3,}$")


def definition(method: Method) -> str:
    """Summary, explanation and references of a method's docstring, in HTML."""
    first, rest, references = parts(inspect.getdoc(type(method)) or "")
    told = f"<p>{_text(first)}</p>" if first else ""
    if rest:
        told += f"<details><summary>How it works</summary>{''.join(map(_block, rest))}</details>"
    if references:
        told += f'<p class="rule">{"<br>".join(map(_text, references))}</p>'
    return told


def parts(doc: str) -> tuple[str, list[str], list[str]]:
    r"""First paragraph, further paragraphs, and references of a docstring.

    Examples
    --------
    >>> parts("Cuts.\n\nBy level.\n\nReferences\n---\nOtsu 1979.\n\nExamples\n---\n>>> 1")
    ('Cuts.', ['By level.'], ['Otsu 1979.'])
    """
    sections: dict[str, list[str]] = {"": []}
    name, lines = "", doc.splitlines()
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        if line.strip() and _RULE.match(below.strip()):
            name = line.strip()
            sections[name] = []
        elif not _RULE.match(line.strip()):
            sections[name].append(line)
    first, *rest = _paragraphs(sections[""]) or [""]
    return first, rest, _paragraphs(sections.get("References", []))


def _paragraphs(lines: list[str]) -> list[str]:
    blocks = "\n".join(lines).split("\n\n")
    return [block.strip("\n") for block in blocks if block.strip()]


def _block(text: str) -> str:
    if not text.lstrip().startswith("* "):
        return f"<p>{_text(text)}</p>"
    items = re.split(r"(?m)^\s*\* ", text)[1:]
    return f"<ul>{''.join(f'<li>{_text(item)}</li>' for item in items)}</ul>"


def _text(text: str) -> str:
    return _CODE.sub(lambda m: f"<code>{m.group(1) or m.group(2)}</code>", escaped(text))


def parameters(method: Method) -> str:
    """Name, value, unit and meaning of each parameter; those that were changed stand out."""
    rows = []
    for declared in fields(method):
        value = getattr(method, declared.name)
        shown = "(empty)" if value == "" else words(value)
        changed = value != declared.default
        shown = f"<b>{escaped(shown)}</b>" if changed else escaped(shown)
        usual = f" <span>usually {escaped(words(declared.default))}</span>" if changed else ""
        rows.append(
            f'<tr><th scope="row"><code>{escaped(declared.name)}</code></th>'
            f'<td class="n">{shown}{usual}</td>'
            f"<td>{escaped(unit(declared.metadata.get('unit', '')))}</td>"
            f'<td class="definition">{escaped(declared.metadata.get("says", ""))}</td></tr>'
        )
    if not rows:
        return '<p class="absent">This method has no parameters.</p>'
    heads = ("Parameter", "Value", "Unit", "Meaning")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<div class="scroll"><table class="parameters"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
