"""Tables of words."""

from __future__ import annotations

from collections.abc import Sequence

from ethoframe.report.wording import escaped


def plain_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of words whose first column names its rows."""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escaped(first)}</th>'
        + "".join(f'<td class="n">{escaped(each)}</td>' for each in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<div class="scroll"><table class="numbers-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
