"""Commands that learn from decisions about tags, and tag stored documents again."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb import clock
from kb.cli import bootstrap, terminal
from kb.cli.parameters import json_option

if TYPE_CHECKING:
    from ingest.tagging.retagging import Claim, Difference
    from ingest.tagging.retrain import Compared, Trial
    from kb.vocabularies.skos import Taxonomy

_SCHEME = "objectives"  # the scheme that the training texts are labelled with
_REFUSED = 1


@click.command()
@click.option("--dry-run", is_flag=True, help="Report, and change nothing.")
@click.option("--undo", is_flag=True, help="Use the model before this one again.")
@json_option
def train(dry_run: bool, undo: bool, as_json: bool) -> int:
    """Learn from what people decided about tags.

    Measures before and after are reported, and a model that is worse is refused. Documents keep their tags until
    `kb tag again --apply`.
    """
    from ingest.tagging.model import to_json
    from kb.documents.store import tag_models

    instance = bootstrap.open_instance()
    if undo:
        with instance.database.write() as connection:
            back = tag_models.go_back(connection)
        name = f"version {back.id}" if back else "the model that comes with the platform"
        terminal.print_json({"in_use": back.id if back else None}) if as_json else click.echo(f"In use: {name}.")
        return 0
    trial = _trial(instance)
    number = None
    if not trial.refused and not dry_run:
        with instance.database.write() as connection:
            number = tag_models.keep(connection, to_json(trial.model), _report(trial))
    if as_json:
        terminal.print_json({**_report(trial), "version": number})
    else:
        _say(trial, number)
    return _REFUSED if trial.refused else 0


@click.command()
@click.option("--apply", "write", is_flag=True, help="Write it.")
@json_option
def again(write: bool, as_json: bool) -> int:
    """What tagging every document again would change, for review.

    Decisions of people stay. With --apply the lines that state what they treat are read again, too.
    """
    from ingest.description.place_and_year_tags import FacetTagger
    from ingest.tagging.retagging import apply, difference
    from kb.documents.store import pending_statements
    from kb.documents.store.encoded_documents import live_documents

    instance = bootstrap.open_instance()
    tagger = instance.tagger()
    facets = FacetTagger(tagger)
    ids = live_documents(instance.database)
    found = []
    for number in terminal.progress(ids, "document", len(ids)):
        each = difference(instance.database, tagger, number, facets)
        if write:
            apply(instance.database, each)
            with instance.database.write() as connection:
                pending_statements.read_again(connection, number, tagger.taxonomy.by_name.get(_SCHEME))
        if each:
            found.append(each)
            if not as_json:
                _say_difference(each, tagger.taxonomy)
    if as_json:
        terminal.print_json([_difference_json(each) for each in found])
    else:
        done = "changed" if write else "would change; --apply writes it"
        click.echo(f"{len(found)} of {len(ids)} documents {done}.")
    return 0


def _trial(instance: bootstrap.Instance) -> "Trial":
    """Fit on the training texts and the decisions of this instance, and compare with the model in use."""
    from dataclasses import replace

    from ingest.tagging.decision_rows import decided_rows
    from ingest.tagging.retrain import relearn
    from ingest.tagging.train import METHOD
    from ingest.tagging.training_data import digest, training_rows, training_texts
    from kb.documents.store import tag_decisions, tag_models

    tagger = instance.tagger()
    current = tagger.model
    of_scheme = tagger.scheme_tagger(_SCHEME)
    texts = training_texts(bootstrap.CORPUS, of_scheme)
    with instance.database.read() as connection:
        now = tag_decisions.standing_decisions(connection)
        before = tag_decisions.standing_decisions(connection, until=current.origin.last_decision)
        number = tag_models.last_number(connection) + 1
    decided, count = decided_rows(instance.database, tagger, now)
    known, _ = decided_rows(instance.database, tagger, before)
    encode = instance.encoding().vectors
    trial = relearn(current, of_scheme.kind, training_rows(of_scheme, encode, texts), known, decided, count)
    origin = replace(
        current.origin,
        date=clock.now().date().isoformat(),
        training=digest(texts),
        texts=len(texts),
        decisions=count,
        last_decision=max((each.id for each in now), default=0),
    )
    return replace(trial, model=replace(trial.model, origin=origin, method=f"{METHOD}.{number}"))


def _report(trial: "Trial") -> dict[str, object]:
    return {
        "refused": trial.refused,
        "origin": asdict(trial.model.origin),
        "texts": _compared_json(trial.texts),
        "decisions": _compared_json(trial.decisions) if trial.decisions else None,
    }


def _compared_json(compared: "Compared") -> dict[str, object]:
    return {
        "before": asdict(compared.before),
        "after": asdict(compared.after),
        "rise": compared.rise,
        "error": compared.error,
    }


def _say(trial: "Trial", number: int | None) -> None:
    click.echo(f"{'':24} {'log loss':>9} {'precision':>9} {'recall':>7} {'F1':>6} {'calibration error':>18}")
    training_rows = [("training texts, before", trial.texts.before), ("training texts, after", trial.texts.after)]
    if trial.decisions:
        training_rows += [("decisions, before", trial.decisions.before), ("decisions, after", trial.decisions.after)]
    for name, m in training_rows:
        click.echo(
            f"{name:24} {m.log_loss:>9.4f} {m.precision:>9.3f} {m.recall:>7.3f} {m.f1:>6.3f} "
            f"{m.calibration_error:>18.4f}"
        )
    click.echo(
        f"{trial.model.origin.decisions} decisions; judged on documents and texts that were left out of the fit."
    )
    if trial.refused:
        click.echo(f"Refused: {trial.refused}. The model in use stays.")
    elif number is None:
        click.echo("Not stored. Run without --dry-run to use it.")
    else:
        click.echo(f"In use: version {number}. Documents keep their tags until 'kb tag again --apply'.")


def _say_difference(found: "Difference", taxonomy: "Taxonomy") -> None:
    kept = f", {found.kept} decided by people stay" if found.kept else ""
    click.echo(f"document {found.document} {found.title}: {len(found.come)} come, {len(found.go)} go{kept}")
    for sign, claims in (("+", found.come), ("-", found.go)):
        for passage, tag in claims:
            where = "document" if passage is None else f"passage {passage}"
            concept = taxonomy.find(tag.scheme, tag.notation)
            label = concept.label("en") if concept else "no longer in the vocabulary"
            click.echo(f"  {sign} {tag.scheme} {tag.notation} {label} ({where}, {tag.score:.2f})")


def _difference_json(found: "Difference") -> dict[str, object]:
    return {
        "document": found.document,
        "title": found.title,
        "come": [_claim_json(claim) for claim in found.come],
        "go": [_claim_json(claim) for claim in found.go],
        "kept": found.kept,
    }


def _claim_json(claim: "Claim") -> dict[str, object]:
    passage, tag = claim
    return {"passage": passage, "scheme": tag.scheme, "notation": tag.notation, "score": tag.score}
