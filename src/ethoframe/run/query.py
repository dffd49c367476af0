"""Questions over all tables of a study, in SQL.

A study is a folder of results. What runs wrote below it is asked as if it were a few tables: every
file of one name is a part of the same table, and ``folder`` says which results a row comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ethoframe.contract.extras import needs
from ethoframe.data import Measure, Refusal, Sheet

TABLES: Mapping[str, str] = {
    "measures": "measures.csv",
    "otherwise": "otherwise.csv",
    "episodes": "episodes.csv",
    "tracks": "tracks.parquet",
    "values": "values.csv",
    "effects": "effects.csv",
}
"""Names of tables, and of the files that they are made of."""

ANIMALS = "animals"
"""The table of the animal sheet, where one is given."""

SESSIONS = "sessions"
"""The measures over whole sessions: of each the row over the longest time, and none of a cue."""

_WHOLE = f"""create view {SESSIONS} as select * from measures where coalesce(during, '') = ''
qualify bin_stop_s - bin_start_s is not distinct from max(bin_stop_s - bin_start_s)
over (partition by folder, recording, arena, individual, quantity, unit)"""

BOUTS = "bouts"
"""The episodes that are behaviour: neither what was looked at nor the trial they are told in."""

_BEHAVIOUR = (
    f"create view {BOUTS} as select * from episodes where label not in ('support', 'trial')"
)

Cell = Any


@dataclass(frozen=True)
class Answer:
    """What a question gives.

    Parameters
    ----------
    columns
        Their names.
    rows
        Plain values; None where there is none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def plain(self) -> list[dict[str, Cell]]:
        """A mapping for each row, for JSON."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def asked(study: Path, sql: str, sheet: Sheet | None = None) -> Answer:
    r"""The answer to a question over the tables of a study.

    Parameters
    ----------
    study
        A folder of results.
    sql
        One SELECT, in the SQL of DuckDB. The tables there are: `TABLES`, as far as such files are
        below the folder, `SESSIONS` where there are measures, `BOUTS` where there are episodes, and
        `ANIMALS` with the rows of the sheet.
    sheet
        Who is in which recording, with groups; without one no table tells groups.

    Raises
    ------
    Refusal
        When duckdb is not installed, there is nothing to ask, or the question cannot be answered.

    Examples
    --------
    >>> import tempfile
    >>> study = Path(tempfile.mkdtemp())
    >>> _ = (study / "m1").mkdir(), (study / "m1" / "measures.csv").write_text(
    ...     "recording,quantity,value,unit\nm1,distance,2.5,mm\n")
    >>> asked(study, "select recording, value from measures where quantity = 'distance'").rows
    (('m1', 2.5),)
    """
    duckdb = needs("stats", "duckdb")
    found = _files(study)
    if not found and sheet is None:
        names = ", ".join(TABLES.values())
        raise Refusal(study, "it holds no tables of results", f"name a folder with {names} in it")
    with duckdb.connect(":memory:") as database:
        for name, files in found.items():
            database.execute(_view(name, study, files))
        there = [*found]
        if "measures" in found and _timed(database):
            database.execute(_WHOLE)
            there.append(SESSIONS)
        if "episodes" in found and "label" in _columns(database, "episodes"):
            database.execute(_BEHAVIOUR)
            there.append(BOUTS)
        if sheet is not None:
            _animals(database, sheet)
        _refuse_all_but_select(duckdb, sql)
        try:
            told = database.execute(sql)
        except duckdb.Error as error:
            reason = " ".join(str(error).split())
            told = ", ".join([*there, *([ANIMALS] if sheet else [])])
            raise Refusal("--sql", reason, f"the tables are: {told}") from None
        columns = tuple(column[0] for column in told.description)
        return Answer(columns, tuple(told.fetchall()))


def _files(study: Path) -> dict[str, list[Path]]:
    """The files of each table that lie below the study, those over all recordings left out.

    A ``measures.csv`` in the study's own folder repeats what lies below it.
    """
    if not study.is_dir():
        raise Refusal(study, "there is no such folder", "name the folder that results were put in")
    found = {}
    for name, file in TABLES.items():
        files = sorted(study.rglob(file))
        below = [path for path in files if path.parent != study]
        if below or files:
            found[name] = below or files
    return found


def _view(name: str, study: Path, files: Sequence[Path]) -> str:
    """The SQL that makes the files one table; a column that one of them lacks is empty there."""
    listed = ", ".join(_text(path.as_posix()) for path in files)
    reader = "read_parquet" if files[0].suffix == ".parquet" else "read_csv"
    more = "" if reader == "read_parquet" else ", header = true, sample_size = -1"
    top = len(study.as_posix()) + 2
    folder = f"regexp_replace(substr(filename, {top}), '/?[^/]*$', '')"
    return (
        f"create view {name} as select {folder} as folder, * exclude (filename) from "
        f"{reader}([{listed}], union_by_name = true, filename = true{more})"
    )


def _timed(database: Any) -> bool:
    """Whether measures say of which time they are; tables of other origin may not."""
    return set(Measure.columns()) <= _columns(database, "measures")


def _columns(database: Any, name: str) -> set[str]:
    return {row[0] for row in database.execute(f"describe {name}").fetchall()}


def _animals(database: Any, sheet: Sheet) -> None:
    rows = [*_rows(sheet)]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["subject"]
    named = ", ".join(f"{_name(column)} varchar" for column in columns)
    database.execute(f"create table {ANIMALS} ({named})")
    marks = ", ".join("?" for _ in columns)
    for row in rows:
        values = [row.get(column) for column in columns]
        database.execute(f"insert into {ANIMALS} values ({marks})", values)


def _rows(sheet: Sheet) -> Iterator[dict[str, str | None]]:
    """What the sheet says of each animal, as written; without what it does not say."""
    known = ("arena", "subject", "group", "sex", "litter", "cage", "session")
    for row in sheet.rows:
        told = {"video": " + ".join(row.video), **{name: getattr(row, name) for name in known}}
        yield {name: value or None for name, value in {**told, **row.others}.items()}


def _refuse_all_but_select(duckdb: Any, sql: str) -> None:
    """A question changes nothing: one SELECT, and no more."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        reason = " ".join(str(error).split())
        raise Refusal("--sql", reason, "write one SELECT") from None
    kinds = [str(each.type).rpartition(".")[2] for each in statements]
    if kinds != ["SELECT"]:
        reason = f"it is no single question ({', '.join(kinds).lower() or 'nothing'})"
        raise Refusal("--sql", reason, "write one SELECT")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
