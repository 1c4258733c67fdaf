"""Commands about the audit trail: whether it holds, and its rows."""

import dataclasses
from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, terminal
from kb.cli.parameters import json_option
from kb.errors import InstanceError, UsageError

if TYPE_CHECKING:
    from kb.accounts.store.audit_trail import Entry

_WRONG = {
    "edited": "row {row} was edited after it was written",
    "missing": "row {row} is missing",
    "rebound": "row {row} does not follow the row before it: one was edited, moved or put in",
    "cut": "rows from {row} on are missing at the end, or were added without being recorded",
    "not-the-one-noted": "the row that was noted is not in it",
}


@click.command()
@click.option("--noted", default="", metavar="HASH", help="Hash it printed earlier, kept elsewhere, to be found again.")
@json_option
def verify(noted: str, as_json: bool) -> int:
    """Whether the audit trail holds, else the first row that does not.

    Names the first row that was edited, removed or moved, and exits with 3.
    """
    from kb.accounts.store import audit_trail

    database = bootstrap.open_instance().database
    problem = audit_trail.verify(database, noted)
    with database.read() as connection:
        count, last = audit_trail.head(connection)
    if as_json:
        found = None if problem is None else {"row": problem.row, "what": problem.what}
        terminal.print_json({"holds": problem is None, "rows": count, "last": last, "problem": found})
    elif problem is None:
        click.echo(f"The audit trail holds: {count} rows, the last one is {last}")
    if problem is not None:
        raise InstanceError(
            f"The audit trail does not hold: {_WRONG[problem.what].format(row=problem.row)}. Compare it with a backup "
            "('kb audit show' prints the rows)."
        )
    return 0


@click.command()
@click.option("--kind", metavar="K", help="Of the object, for example account or document.")
@click.option("--key", metavar="N", help="Number of the object.")
@click.option("--limit", type=int, default=50, metavar="N", help="So many rows; 50 unless told.")
@json_option
def show(kind: str | None, key: str | None, limit: int, as_json: bool) -> int:
    """Rows of the trail, all or of one object.

    The newest are last.
    """
    from kb.accounts.store import audit_trail

    if (kind is None) != (key is None):
        raise UsageError("Give --kind and --key together, for example --kind account --key 1.")
    database = bootstrap.open_instance().database
    if kind is not None and key is not None:
        entries = audit_trail.history_of(database, kind, key)[-limit:]
    else:
        entries = audit_trail.newest(database, limit)[::-1]
    if as_json:
        terminal.print_json([_entry_json(entry) for entry in entries])
        return 0
    for entry in entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        who = entry.actor or f"account {entry.account}"
        what = f"{entry.action}  {entry.kind} {entry.key}  {details}".rstrip()
        click.echo(f"{entry.id:>6}  {entry.time:%Y-%m-%d %H:%M:%S}  {who}  {what}")
    return 0


def _entry_json(entry: "Entry") -> dict[str, object]:
    return dataclasses.asdict(entry) | {"time": entry.time.isoformat(), "details": dict(entry.details)}
