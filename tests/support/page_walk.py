"""A site in which something of every kind is under way, and the addresses of all its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import FastAPI

from kb.accounts.account import Account, Role
from kb.documents.duplicate import Likeness, LinkKind
from kb.documents.models import Outcome
from kb.documents.reading import english
from kb.documents.state import State
from kb.documents.store import duplicates
from kb.editorial.review import Recommendation, Side
from kb.editorial.store import comments, reviews, transitions
from kb.i18n.catalogue import LANGUAGES
from kb.jobs.job import JobWishes, Sent
from kb.jobs.store import queue
from tests.support.site import TestSite, Text
from web.http.permissions import declared

_NO_PAGES = ("api", "static", "openapi.json", "healthz", "robots.txt", "favicon.ico")

Numbers = Mapping[str, Sequence[int]]  # what to fill into addresses, by what stands there in braces


def page_paths(app: FastAPI, numbers: Numbers) -> list[str]:
    """Every address that is opened rather than sent to, without those that are the same in another language.

    Addresses with anything in braces that is not among `numbers` are left out.
    """
    found = []
    for path in dict.fromkeys(route.path for route in declared(app) if "GET" in route.methods):
        if path.split("/")[1] in (*LANGUAGES, *_NO_PAGES):
            continue
        several = [path]
        for name, filled in numbers.items():
            several = [each.replace(f"{{{name}}}", str(number)) for each in several for number in filled]
        found += several
    return list(dict.fromkeys(path for path in found if "{" not in path))


def furnish(site: TestSite, person: Account, text: Text, says: Sequence[str]) -> Numbers:
    """Put a document of every state, reviews, likenesses and jobs into the site, which hold what `says` has.

    `person`, who holds every role, may see all of it. `text` is what the documents are made of.
    """
    waiting, reviewed, withdrawn = (
        site.add(replace(text, name=f"{n}-{text.name}", title=f"{text.title} {n}"), publish=n == 3) for n in (1, 2, 3)
    )
    other = site.person(Role.REVIEWER, email="other@example.org", name=says[0])
    actor = person.actor
    with site.instance.database.write() as connection:
        transitions.send_to_review(connection, actor, reviewed, State.DESCRIBED, says[0])
        transitions.withdraw(connection, actor, withdrawn, says[0])
        for reviewer, side in ((person, Side.INTERNAL), (other, Side.EXTERNAL)):
            review = reviews.ask(connection, actor, reviewed, reviewer.id, side).id
            reviews.declare(connection, reviewer.actor, review, conflict=False, interests=says[0])
            reviews.open_file(connection, reviewer.actor, review)
            for comment in says:
                comments.add(connection, reviewer.actor, review, comment)
        reviews.recommend(connection, other.actor, review, Recommendation.REJECT, says[0])
        duplicates.suggest(connection, Likeness(LinkKind.VERSION, waiting, withdrawn, 0.9), actor)
        duplicates.keep(connection, [Likeness(LinkKind.NEARLY_SAME, reviewed, waiting, 0.8)])
        sent = [Sent(name, "", 3, Outcome.REFUSED, english(name)) for name in says]
        queue.submit(connection, actor, "an-upload", sent, JobWishes(says[0], ()))
    return {
        "number:int": (waiting, withdrawn),
        "place:int": (1,),
        "id": (1, waiting, reviewed),
        "other:int": (waiting, reviewed),
    }
