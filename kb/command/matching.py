"""Commands of the connection hub: experts read in, people found for a request, and how well that works."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb import terminal
from kb.command import assembly
from kb.errors import UsageError

if TYPE_CHECKING:
    from index.encoding import Encoding
    from index.matcher import Concepts, Match, Proposal
    from kb.requests import Request

SAMPLES = assembly.CORPUS / "people" / "experts.jsonl"
_OBJECTIVES = "objectives"


def match(options: argparse.Namespace) -> int:
    from index.matcher import match_json, open_matcher
    from kb.people import Circumstances

    if options.limit < 1:
        raise UsageError("--limit must be 1 or more.")
    request = _request(options)
    instance = assembly.open_instance()
    encoding = assembly.open_encoding(instance)
    matcher = open_matcher(instance.database, encoding, lambda: _concepts(encoding))
    if not matcher.experts:
        raise UsageError("There are no experts here yet: 'kb people import FILE.jsonl' reads them in.")
    found = matcher.match(request, Circumstances(datetime.now(UTC).date()), options.limit)
    if not found.meaning:
        print("kb: matched by words alone; 'kb people encode' makes the works ready.", file=sys.stderr)
    terminal.print_json(match_json(found)) if options.json else _say(found)
    return 0


def people_import(options: argparse.Namespace) -> int:
    """Read experts in; they stay invisible until they consent."""
    count = import_people(assembly.open_instance(), options.file)
    print(f"{count} people read in. Nobody but samples is visible before consenting.", file=sys.stderr)
    return 0


def people_encode(_options: argparse.Namespace) -> int:
    """Encode works that the present encoder and tagger have not read."""
    from index.matcher import prepare_works
    from kb.store import people

    instance = assembly.open_instance()
    encoding = assembly.open_encoding(instance)
    concepts = _concepts(encoding)
    known = people.facts(instance.database, encoding.identity)
    ready = {number for number, facts in known.items() if facts.method == concepts.method}
    missing = [work for expert in people.everyone(instance.database) for work in expert.works if work.id not in ready]
    for work in terminal.progress(missing, "work"):
        prepared = prepare_works([work], encoding, concepts)
        people.put_vectors(instance.database, encoding.identity, [(work.id, prepared[0])])
    print(f"{len(missing)} works encoded with {encoding.identity}.", file=sys.stderr)
    return 0


def load_samples(instance: assembly.Instance) -> None:
    """The sample experts, once; without concepts, which takes longer than all the rest."""
    from kb.store import instance as facts

    with instance.database.read() as connection:
        if facts.get(connection, "sample_experts"):
            return
    count = import_people(instance, SAMPLES, with_concepts=False)
    with instance.database.write() as connection:
        facts.put(connection, "sample_experts", "loaded")
    print(f"{count} sample experts loaded.", file=sys.stderr)


def import_people(instance: assembly.Instance, file: Path, with_concepts: bool = True) -> int:
    """Store the experts of a file, one transaction each; how many they are. Raises UsageError."""
    from index.matcher import prepare_works
    from kb.profiles import imported
    from kb.store import people

    read = []
    for number, row in enumerate(_rows(file), 1):
        try:
            read.append(imported(row))
        except UsageError as error:
            raise UsageError(f"{file}, line {number}: {error}") from error
    encoding = assembly.open_encoding(instance)
    concepts = _concepts(encoding) if with_concepts else None
    for code, expert in terminal.progress(read, "person"):
        prepared = prepare_works(expert.works, encoding, concepts)
        people.put(instance.database, code, expert, encoding.identity, prepared)
    return len(read)


def eval_match(options: argparse.Namespace) -> int:
    from index.encoder import HASHING
    from index.evaluation_match import measure, read_folder, report_json, scores

    folder = read_folder(options.folder)
    settings = assembly.settings()
    # Hashed words know nothing beyond words: they count as no encoder.
    encoding = None if options.lexical or settings.encoder == HASHING else assembly.encoding_beside(settings)
    works = sum(map(len, folder.archives.values()))
    with terminal.bar(works + len(folder.submissions) if encoding is not None else 0, "text") as advance:
        given = scores(folder, encoding, advance)
    if options.scores is not None:
        try:
            options.scores.write_text(json.dumps(given, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise UsageError(f"{options.scores} cannot be written ({error.strerror}).") from error
    report = measure(given, folder.ratings) if folder.ratings else None
    value = report_json(report, given, encoding.identity if encoding is not None else "")
    terminal.print_json(value) if options.json else terminal.say_measures(value)
    return 0


def _request(options: argparse.Namespace) -> "Request":
    from kb.languages import language_of, question_language
    from kb.requests import Request

    text = (sys.stdin.read() if options.text == "-" else options.text).strip()
    if not text:
        raise UsageError("The request is empty. Say in a few sentences what support is needed.")
    language = options.language or question_language(text) or language_of(text)
    return Request(
        text,
        language,
        organisation=options.organisation,
        country=options.country.upper(),
        spoken=tuple(options.speaks),
        region=options.region.upper(),
        concerns=tuple(options.concerns),
    )


def _concepts(encoding: "Encoding") -> "Concepts":
    """Likeness of texts to each objective, by the tagger of the instance."""
    from index.matcher import Concepts
    from ingest.tagging.texts import Text

    taxonomy = assembly.read_taxonomy(None)
    tagger = assembly.make_tagger(taxonomy, encoding)
    scheme = next((s for s in taxonomy.schemes if s.name == _OBJECTIVES), None)
    notations = [concept.notation for concept in scheme.concepts] if scheme is not None else []

    def likeness(texts: Sequence[str]) -> list[tuple[float, ...]]:
        rows = []
        for tags in tagger.tag_texts([Text(text, "", "") for text in texts]):
            scores = dict(dict(tags.ranking).get(_OBJECTIVES, ()))
            rows.append(tuple(min(max(float(scores.get(n, 0.0)), 0.0), 1.0) for n in notations))
        return rows

    return Concepts(tagger.model.method, likeness)


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    number = 0
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise UsageError(f"{path}, line {number} is not an object.")
                    rows.append(row)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise UsageError(f"{path}, line {number or 1} is not JSON in UTF-8.") from error
    return rows


def _say(found: "Match") -> None:
    text = found.request.whole
    for proposal in found.proposals:
        _say_proposal(proposal, text)
    print(f"{found.eligible} could be proposed; left out:" if found.exclusions else "Nobody was left out.")
    for exclusion in found.exclusions:
        if exclusion.expert is not None:
            reasons = ", ".join(
                f"{ground.value} ({detail})" if detail else ground.value for ground, detail in exclusion.reasons
            )
            print(f"  {exclusion.expert.name}: {reasons}")
    hidden = sum(exclusion.expert is None for exclusion in found.exclusions)
    if hidden:
        print(f"  {hidden} who did not consent to be found")


def _say_proposal(proposal: "Proposal", text: str) -> None:
    expert = proposal.expert
    note = " [sample]" if expert.sample else ""
    stated = "; by their own statement, no works" if proposal.stated else ""
    print(f"{proposal.rank}. {expert.name}{note}, {expert.organisation} ({proposal.affinity:.2f}{stated})")
    for pairing in proposal.pairings:
        for whole, span, marks in (
            (text, pairing.asked, pairing.asked_marks),
            (pairing.work.text, pairing.said, pairing.said_marks),
        ):
            start, end = span
            shown = terminal.marked(whole[start:end], [(a - start, b - start) for a, b in marks])
            print(
                f"   {'“' if whole is text else '    — “'}{shown}”{'' if whole is text else f' ({pairing.work.title})'}"
            )
    print()
