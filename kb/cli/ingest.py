"""Commands that fill the library: reading files in, and the starter corpus."""

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli import bootstrap, sample_data, terminal
from kb.cli.parameters import FILE, json_option
from kb.errors import UsageError
from kb.exports import json_values

if TYPE_CHECKING:
    from ingest.pipeline import Wishes
    from kb.documents.models import FileReport

_log = logging.getLogger(__name__)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH…")
@click.option("--publish", is_flag=True, help="Make them public at once.")
@click.option("--type", "document_type", metavar="T", help="Document type, for all files.")
@click.option("--country", "countries", multiple=True, metavar="ISO3", help="Country, for all files; may be repeated.")
@json_option
def ingest(
    paths: tuple[Path, ...], publish: bool, document_type: str | None, countries: tuple[str, ...], as_json: bool
) -> int:
    """Read files and folders into the platform.

    Folders are read with all that is in them. One outcome a file: `stored`, `unchanged`, `new-version`, `duplicate`,
    `no-text`, `encrypted`, `damaged`, `too-large`, `refused`, `timed-out`. Without `--publish` documents wait for
    review.
    """
    from ingest.pipeline import Wishes

    instance = bootstrap.open_instance()
    if document_type is not None:
        instance.taxonomy().concept("document-types", document_type)
    wishes = Wishes(publish, document_type or "", tuple(code.upper() for code in countries))
    reports = []
    for report in _ingested(instance, paths, wishes):
        reports.append(report)
        if not as_json:
            terminal.say_report(report)
    if as_json:
        terminal.print_json(json_values.reports_json(reports))
    else:
        terminal.say_summary(reports)
    return 1 if any(report.outcome.failed for report in reports) else 0


@click.command()
def starter() -> int:
    """Load the starter corpus, once in the life of an instance."""
    from ingest.pipeline import Wishes
    from kb.store import instance_facts

    instance = bootstrap.open_instance()
    with instance.database.read() as connection:
        loaded = instance_facts.get(connection, "starter_corpus")
    if loaded:
        sample_data.load(instance)
        return 0
    _log.info("Loading the starter corpus; this happens once.")
    reports = list(_ingested(instance, [bootstrap.CORPUS / "documents"], Wishes(publish=True)))
    terminal.say_summary(reports)
    failed = [report for report in reports if report.outcome.failed]
    for report in failed:
        terminal.say_report(report)
    if not failed:
        with instance.database.write() as connection:
            instance_facts.put(connection, "starter_corpus", "loaded")
        sample_data.load(instance)
    return 1 if failed else 0


def _ingested(instance: bootstrap.Instance, paths: Sequence[Path], wishes: "Wishes") -> Iterator["FileReport"]:
    """Reports of an ingest as they come, with a progress bar that shows passages per second."""
    from ingest.pipeline import files_in, ingest_file

    files = files_in(paths)
    if not files:
        raise UsageError("There is no file to read: name files, or folders that hold .pdf .docx .html .htm .txt .md.")
    began, passages = time.perf_counter(), 0
    with bootstrap.open_tools(instance) as tools, terminal.files_bar(len(files)) as advance:
        for file in files:
            report = ingest_file(file, tools, wishes)
            passages += report.passages
            advance(f"{passages / (time.perf_counter() - began):.0f} passages/s")
            yield report
