"""``ethoframe methods``: what there is to choose from."""

from __future__ import annotations

import json
from itertools import groupby

import click

from ethoframe.contract.catalog import Card, cards


@click.command("methods")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def command(as_json: bool) -> None:
    """List the methods by task: what goes in, what comes out, rule or learned."""
    if as_json:
        click.echo(json.dumps([_plain(card) for card in cards()], indent=1))
        return
    width = max(len(card.name) for card in cards())
    for room, listed in groupby(cards(), key=lambda card: card.name.split("/")[0]):
        click.secho(room, bold=True)
        for card in listed:
            says = f"{_inputs(card)} → {card.gives}"
            how = "learned" if card.learned else "rule"
            click.echo(f"  {card.name:<{width}}  {how:<7}  {says}")
            click.echo(f"  {'':<{width}}           {card.summary}")


def _inputs(card: Card) -> str:
    return ", ".join(f"{need.kind}{' (optional)' * need.optional}" for need in card.takes.values())


def _plain(card: Card) -> dict[str, object]:
    return {
        "name": card.name,
        "summary": card.summary,
        "takes": {name: str(need.kind) for name, need in card.takes.items()},
        "gives": str(card.gives),
        "learned": card.learned,
    }
