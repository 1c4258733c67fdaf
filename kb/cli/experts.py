"""Commands about the experts of the connection hub: read in from a file, and their works encoded."""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli import bootstrap, terminal
from kb.cli.parameters import FILE, INTERFACE_LANGUAGE, json_option
from kb.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from index.matching.matcher import Concepts
    from kb.experts.import_rows import Roster
    from kb.experts.store.imports import StoredRow

_log = logging.getLogger(__name__)
SAMPLES = bootstrap.CORPUS / "people" / "experts.jsonl"
_OBJECTIVES = "objectives"


@click.command()
@click.argument("file", type=FILE, metavar="FILE.csv|FILE.jsonl")
@json_option
def import_file(file: Path, as_json: bool) -> int:
    """Read experts with their works in; invisible until they consent.

    Each row has an outcome: `added`, `updated`, `unchanged`, `kept` (looked after by the person), `erased` (erased on
    request), `refused` (with what to do; exit status 1). For who has an email the consent link is printed, once.
    """
    from kb.experts.import_rows import Outcome

    roster = read_roster(file)
    instance = bootstrap.open_instance()
    taken = import_people(instance, roster)
    _encode_alike(instance)
    public = instance.settings.public_url.rstrip("/")
    if as_json:
        terminal.print_json([_row_json(each, public) for each in taken])
    else:
        _say(taken, public)
    for heading in roster.unknown:
        _log.warning(f"nobody knows the column “{heading}”; it was not read.")
    return 1 if any(each.outcome is Outcome.REFUSED for each in taken) else 0


@click.command()
@click.option("--language", type=INTERFACE_LANGUAGE, default="en", help="Of the headings; en unless told.")
def print_template(language: str) -> int:
    """Print the table to fill in, as CSV.

    JSON lines are read, too; they are described in `corpus/people/README.md`.
    """
    from kb.experts.import_columns import template

    click.echo(template(language).decode(), nl=False)
    return 0


@click.command()
def encode() -> int:
    """Encode works again after the tagger or the encoder changed.

    `kb index reencode` does it, too.
    """
    instance = bootstrap.open_instance()
    count = encode_works(instance)
    _log.info(f"{count} works encoded with {instance.encoding().identity}.")
    return 0


def load_samples(instance: bootstrap.Instance) -> None:
    """The sample experts, once; without concepts, which takes longer than all the rest."""
    from index.matching.work_encoding import encode_new
    from kb.store import instance_facts

    with instance.database.read() as connection:
        if instance_facts.get(connection, "sample_experts"):
            return
    taken = import_people(instance, read_roster(SAMPLES))
    encode_new(instance.database, instance.encoding())
    with instance.database.write() as connection:
        instance_facts.put(connection, "sample_experts", "loaded")
    _log.info(f"{len(taken)} sample experts loaded.")


def read_roster(file: Path) -> "Roster":
    """The rows of a file. Raises UsageError."""
    from kb.experts.import_rows import read

    try:
        return read(file.name, file.read_bytes(), bootstrap.read_taxonomy(None).by_name.get(_OBJECTIVES))
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}).") from error


def import_people(instance: bootstrap.Instance, roster: "Roster") -> "list[StoredRow]":
    """Store the rows of a file, one transaction each."""
    from kb.accounts.account import SYSTEM
    from kb.experts.import_csv import RowError
    from kb.experts.import_rows import Outcome, RowFault
    from kb.experts.store import erasures
    from kb.experts.store.imports import StoredRow, store_row

    erased = erasures.read_erased(instance.settings.home)
    found = []
    for row in terminal.progress(roster.rows, "person"):
        try:
            with instance.database.write() as connection:
                found.append(store_row(connection, SYSTEM, row, erased, bool(instance.settings.smtp_host)))
        except RefusedError:
            found.append(StoredRow(row, Outcome.REFUSED, fault=RowFault(RowError.EMAIL, "email", row.email)))
    return found


def encode_works(instance: bootstrap.Instance) -> int:
    """Encode every work that is not encoded, or without concepts; how many."""
    from index.matching.work_encoding import encode_new
    from kb.experts.store import encoded_experts

    if not encoded_experts.count_unencoded(instance.database, ""):
        return 0  # there are no works, and a tagger is slow to make
    encoding, known = instance.encoding(), concepts(instance)
    missing = encoded_experts.unencoded(instance.database, encoding.identity, known.method)
    with terminal.bar(len(missing), "work") as advance:
        return encode_new(instance.database, encoding, known, advance)


def _encode_alike(instance: bootstrap.Instance) -> None:
    """Encode works that came in, with concepts where those that were here have them."""
    from index.matching.work_encoding import encode_new
    from kb.experts.store import encoded_experts

    encoding = instance.encoding()
    waiting = encoded_experts.unencoded(instance.database, encoding.identity)
    if not waiting:
        return
    known = None if "" in encoded_experts.methods(instance.database) else concepts(instance)
    with terminal.bar(len(waiting), "work") as advance:
        encode_new(instance.database, encoding, known, advance)


def concepts(instance: bootstrap.Instance) -> "Concepts":
    """Likeness of texts to each objective, by the model that is shipped: what is stored of works stays comparable."""
    from index.matching.matcher import Concepts
    from ingest.tagging.text_inputs import Text

    taxonomy = instance.taxonomy()
    tagger = bootstrap.make_tagger(taxonomy, instance.encoding(), home=instance.settings.home)
    scheme = next((s for s in taxonomy.schemes if s.name == _OBJECTIVES), None)
    notations = [concept.notation for concept in scheme.concepts] if scheme is not None else []

    def likeness(texts: Sequence[str]) -> list[tuple[float, ...]]:
        rows = []
        for tags in tagger.tag_texts([Text(text, "", "") for text in texts]):
            scores = dict(dict(tags.ranking).get(_OBJECTIVES, ()))
            rows.append(tuple(min(max(float(scores.get(n, 0.0)), 0.0), 1.0) for n in notations))
        return rows

    return Concepts(tagger.model.method, likeness)


def _row_json(taken: "StoredRow", public: str) -> dict[str, Any]:
    from kb.experts.import_rows import advice

    return {
        "line": taken.row.line,
        "code": taken.row.code,
        "outcome": taken.outcome.value,
        "expert": taken.expert,
        "message": advice(taken.fault) if taken.fault is not None else "",
        "link": _link(taken, public),
        "mailed": taken.mailed,
    }


def _say(taken: "Sequence[StoredRow]", public: str) -> None:
    from kb.experts.import_rows import Outcome, advice

    for each in taken:
        told = f" {advice(each.fault)}" if each.fault is not None else _TOLD.get(each.outcome, "")
        link = _link(each, public)
        if told or link:
            shown = f"line {each.row.line}, {each.row.code}: " if each.row.code else f"line {each.row.line}: "
            click.echo(f"{shown}{each.outcome.value}.{told}" + (f" Consent link: {link}" if link else ""))
    counts = Counter(each.outcome for each in taken)
    letters = sum(each.mailed for each in taken)
    _log.info(", ".join(f"{counts[o]} {o.value}" for o in Outcome if counts[o]) or "No rows.")
    if letters:
        _log.info(f"{letters} letters with a consent link wait to be sent, by 'kb serve' or 'kb worker'.")
    if any(each.token for each in taken):
        _log.info(
            "Pass each link on: it works once, for 30 days, and is shown only now. Until the person consents nobody "
            "sees them.",
        )


_TOLD = {
    "kept": " Edited by the person, or looked after by them: left as it is.",
    "erased": " Erased on request: not imported.",
}


def _link(taken: "StoredRow", public: str) -> str:
    """The address at which the person consents; without KB_PUBLIC_URL what comes after the site's own."""
    language = taken.row.language or "en"
    return f"{public}/{language}/consent?key={taken.token}" if taken.token else ""
