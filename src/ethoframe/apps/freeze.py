"""``ethoframe freeze``: decide how groups will be compared, before anybody knows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ethoframe.data import Measures, Refusal

HELP = """Write down how the groups of a study will be compared, before groups are shown.

DIR is the folder of the results. frozen.json, in it, holds the outcomes, how they were measured,
the test, the unit and who is left out, with the time and a hash. The study's page then says what
changed after, and compares groups as it was decided; ethoframe apply contrast/... says so too.
"""


@click.command("freeze", help=HELP, short_help="Decide on the analysis before groups are known.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="The animal sheet; of its groups nothing is shown.",
)
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="MEASURE",
    required=True,
    help="A measure that the study is about, as measures.csv calls it; may be said again.",
)
@click.option(
    "--test",
    default="contrast/permutation",
    show_default=True,
    metavar="METHOD",
    help="How groups are compared.",
)
@click.option("--factor", default="group", show_default=True, help="Column that is compared.")
@click.option(
    "--control",
    default="",
    help="Level that the others are compared with; without it, every pair of levels is.",
)
@click.option(
    "--unit",
    default="animal",
    show_default=True,
    type=click.Choice(("animal", "litter", "cage")),
    help="What was treated.",
)
@click.option("--blocks", default="", help="Columns within which levels are compared.")
@click.option(
    "--effect",
    default="difference",
    show_default=True,
    type=click.Choice(("difference", "ratio")),
    help="How levels are compared.",
)
@click.option("--smallest", default="", help="Smallest effect of interest, as 0.8 or 50mm.")
@click.option(
    "--failed",
    default="excluded",
    show_default=True,
    type=click.Choice(("excluded", "kept")),
    help="What becomes of recordings that were judged failed.",
)
@click.option(
    "--exclude", multiple=True, metavar="ANIMAL=REASON", help="An animal to be left out, and why."
)
@click.option("--amend", default="", metavar="REASON", help="Why an earlier decision is changed.")
def command(folder: Path, sheet: Path, outcomes: tuple[str, ...], **options: Any) -> None:
    """Decide, and say what was written."""
    from ethoframe.run.frozen import FROZEN, freeze

    decision = _decision(folder, sheet, outcomes, options)
    written = freeze(folder, decision, amend=options["amend"])
    click.echo(f"{', '.join(outcomes)}: frozen on {written.when} → {folder / FROZEN}")
    click.echo(f"compared: {written.test['compared']}")
    click.echo(f"hash {written.hash}")
    if written.seen:
        click.echo(f"groups had been shown before, first on {written.seen}", err=True)
    if not options["smallest"]:
        click.echo("no smallest effect of interest is named: --smallest", err=True)


def _decision(folder: Path, sheet: Path, outcomes: tuple[str, ...], options: dict[str, Any]) -> Any:
    from ethoframe.contract import catalog
    from ethoframe.formats import sheet as sheet_file
    from ethoframe.run import apply
    from ethoframe.run.contrasted import comparisons, named, without
    from ethoframe.run.frozen import Frozen, analysis_in, definitions_in

    animals = sheet_file.read(sheet)
    for line in animals.notes:
        click.echo(f"{animals.name}: {line}", err=True)
    known = definitions_in(folder)
    if not known:
        raise Refusal(folder, "there are no results in it", "name the folder of the results")
    for name in outcomes:
        if name not in known:
            listed = ", ".join(list(known)[:8])
            raise Refusal(folder, f"{name} was not measured", f"there are: {listed} ...")
    names = ("factor", "control", "unit", "blocks", "effect", "smallest", "failed")
    method = catalog.find(options["test"])().with_parameters({k: options[k] for k in names})
    # Of no measures at all: what is wrong with levels and columns is told, and nothing is seen.
    apply(method, measures=Measures(), sheet=animals)
    subjects = sorted({named(row) for row in animals.rows})
    excluded = dict(_excluded(text, subjects) for text in options["exclude"])
    parameters = method.parameters()
    test = {
        "method": method.name(), "version": method.version, "parameters": parameters,
        "compared": comparisons(parameters, without(animals, excluded)),
    }  # fmt: skip
    definitions = {name: known[name] for name in outcomes}
    return Frozen(outcomes, test, analysis_in(folder), definitions, tuple(subjects), excluded)


def _excluded(text: str, subjects: list[str]) -> tuple[str, str]:
    name, _, reason = (part.strip() for part in text.partition("="))
    if not reason or name not in subjects:
        wrong = "no reason is given" if name in subjects else f"there is no animal {name!r}"
        raise click.UsageError(f"--exclude {text!r}: {wrong}; write it as ANIMAL=REASON")
    return name, reason
