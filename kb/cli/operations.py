"""Commands for the care of an instance: its settings, what is wrong with it, backups."""

import dataclasses
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import config
from kb.cli import bootstrap, terminal
from kb.cli.parameters import FILE, json_option
from kb.errors import InstanceError, UsageError

if TYPE_CHECKING:
    from kb.operations.diagnostics import Finding
    from kb.operations.store.backup import Manifest
    from kb.store.database import Database

_log = logging.getLogger(__name__)
_FOR_SERVERS = (
    "is for the embedded database, but KB_DATABASE_URL names a database server. Use its own tools for the records "
    "(pg_dump, pg_restore), and copy {home}/originals and {home}/erasures.jsonl beside them."
)


@click.command()
@json_option
def settings(as_json: bool) -> int:
    """Every setting, its value and where it came from.

    Secrets are not shown.
    """
    lines = config.setting_lines(bootstrap.settings(), os.environ)
    if as_json:
        terminal.print_json([{"setting": s.variable, "value": s.value, "from": s.origin} for s in lines])
        return 0
    for line in lines:
        click.echo(f"{line.variable:<22} {line.value or '(empty)':<32} {line.origin:<12} {line.description}")
    return 0


@click.command()
@click.argument("folder", type=FILE, metavar="DIR")
@json_option
def backup(folder: Path, as_json: bool) -> int:
    """Write a backup into a new folder, while the instance is in use."""
    from kb.operations.store.backup import Holdings, take
    from kb.version import version

    found = bootstrap.settings()
    shown = {
        line.variable: line.value for line in config.setting_lines(found, os.environ) if line.value != config.HIDDEN
    }
    vocabularies = bootstrap.CORPUS / "vocabularies"
    held = Holdings(found.home, _embedded(found, "kb backup"), vocabularies, shown, version())
    manifest = take(held, folder.absolute(), _watched)
    _report(manifest, folder, as_json)
    for digest, ails in manifest.lacking.items():
        _log.warning(f"the original {digest} is {ails} and not in the backup; see 'kb doctor'.")
    return 1 if manifest.lacking else 0


@click.command()
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--erasures", type=FILE, metavar="FILE", help="A newer list of what was erased, to be kept to.")
@json_option
def restore(folder: Path, erasures: Path | None, as_json: bool) -> int:
    """Put a backup into an empty home (KB_HOME)."""
    from index.search.caches import Caches
    from kb.documents.store import passages
    from kb.experts.store.erasures import read
    from kb.operations.store import restore as from_backup
    from kb.store import instance_facts
    from kb.store.database import open_database

    found = bootstrap.settings()
    if erasures is not None and not erasures.exists():
        raise UsageError(f"There is no list of erasures {erasures}. It is called erasures.jsonl in a home.")
    erased = [] if erasures is None else read(erasures)
    manifest = from_backup.restore(folder, from_backup.Target(found.home, _embedded(found, "kb restore")), erased)
    database = open_database(found.url, found.home)
    Caches(database, found.home).rebuild(instance_facts.encoder_of(database), passages.dimension(database))
    _report(manifest, found.home, as_json)
    _log.info("Nobody is signed in: sessions, one-time links and tokens of the backup were ended.")
    for name in _other_vocabularies(folder, manifest):
        _log.warning(f"{name} of the backup is not the one in use; compare them, and copy the right one.")
    return 0


@click.command()
@json_option
def doctor(as_json: bool) -> int:
    """What is wrong with this instance, and the command that mends it.

    Settings, rights, disk, database, caches, encoder, originals, jobs, letters, audit trail and clock are looked at,
    and nothing is changed. Exits with 3 when something is wrong, with 0 when there are only notes.
    """
    found = _findings()
    if as_json:
        terminal.print_json([dataclasses.asdict(finding) for finding in found])
    else:
        for finding in found:
            click.echo(f"{finding.level.value}: {finding.what}.\n    {finding.means}\n    Mend it: {finding.mend}")
    wrong = [finding for finding in found if finding.level == "wrong"]
    if wrong:
        raise InstanceError(f"{len(wrong)} of the checks found something wrong. Mend the first one, and run it again.")
    _log.info("Nothing is wrong.")
    return 0


def _findings() -> "list[Finding]":
    from kb.operations.diagnostics import CHECKS, absent
    from kb.operations.store.diagnostics import examine

    settings, found = _settings()
    gone = absent(settings.home)
    if gone:
        return found + gone
    found += [finding for each in CHECKS for finding in each(settings)]
    records, database = examine(settings, _encoder_name(settings), _watched)
    return found + records + ([] if database is None else _caches(database, settings.home))


def _watched(digests: Sequence[str]) -> Iterable[str]:
    return terminal.progress(digests, "original", len(digests))


def _settings() -> "tuple[config.Settings, list[Finding]]":
    """The settings; where one of them is wrong, those alone that say where the instance is."""
    from kb.operations.diagnostics import Finding, Level

    try:
        return bootstrap.settings(), []
    except UsageError as error:
        means = "Every command refuses to work."
        wrong = Finding("settings", Level.WRONG, str(error).rstrip("."), means, "Correct or unset the variable")
        kept = {k: v for k, v in os.environ.items() if k in ("KB_HOME", "KB_DATABASE_URL", "KB_ENCODER")}
        return config.load(kept), [wrong]


def _caches(database: "Database", home: Path) -> "list[Finding]":
    from index.search.caches import Caches
    from kb.operations.diagnostics import Finding, Level
    from kb.store import instance_facts

    means = "The next search builds it anew, which takes a while."
    return [
        Finding("caches", Level.WRONG, f"The {report.kind} cache is damaged", means, "kb index rebuild")
        for report in Caches(database, home).verify(instance_facts.encoder_of(database))
        if report.state == "damaged"
    ]


def _encoder_name(settings: config.Settings) -> str:
    """How the identity of the encoder begins that the settings name; the weights are compared when it is loaded."""
    from index.encoding.embedded_model import MODEL

    return Path(settings.encoder).name if settings.encoder else MODEL


def _embedded(settings: config.Settings, command: str) -> Path:
    """The file of the embedded database. Raises UsageError when there is a database server."""
    from kb.store.database import sqlite_file

    file = sqlite_file(settings.url)
    if file is None:
        raise UsageError(f"{command} {_FOR_SERVERS.format(home=settings.home)}")
    return file.absolute()


def _other_vocabularies(folder: Path, manifest: "Manifest") -> list[str]:
    from kb.operations.store.backup import VOCABULARIES, digest_of

    inside = {name: digest for name, digest in manifest.files.items() if name.startswith(f"{VOCABULARIES}/")}
    used = {name: bootstrap.CORPUS / name for name in inside}
    return [
        str(folder / name)
        for name, path in used.items()
        if not path.exists() or digest_of(path) != inside[name]
    ]  # fmt: skip


def _report(manifest: "Manifest", folder: Path, as_json: bool) -> None:
    originals = sum(name.startswith("originals/") for name in manifest.files)
    if as_json:
        lacking = {"lacking": manifest.lacking, "folder": str(folder)}
        terminal.print_json({"taken": manifest.taken, "counts": manifest.counts, "originals": originals} | lacking)
        return
    counts = manifest.counts
    click.echo(
        f"{folder}: {counts.get('documents', 0)} documents, {counts.get('passages', 0)} passages, "
        f"{counts.get('accounts', 0)} accounts, {originals} originals, as they stood on {manifest.taken[:16]} (UTC)."
    )
