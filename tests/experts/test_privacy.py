"""Nobody who is hidden, in conflict or paused is shown to who must not see them; and who is erased leaves no trace.

Every person of these tests carries signs of their own in every field; all that anybody is sent is searched for them.
"""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, text

from kb.accounts.account import SYSTEM, Account, Role
from kb.experts.expert import Availability, Consent, ConsentUse, Expert, OrganisationKind
from kb.experts.store import experts
from kb.experts.store import works as works_store
from kb.experts.works import Work
from kb.i18n.catalogue import LANGUAGES
from kb.matching.store import proposals, rankings
from kb.requests.case import DeclineReason, Outcome, ProposalStatus
from kb.requests.request import Request, Stage
from kb.requests.store import feedback, requests
from kb.store.tables.experts import expert_works, work_vectors
from kb.store.tables.metadata import metadata
from kb.store.tables.requests import support_requests
from tests.support import command_line, decisions, expert_samples
from tests.support.http_client import Client
from tests.support.site import TEXTS, TestSite
from web.http.permissions import declared

PAST, FUTURE = date(2026, 1, 15), date(2200, 1, 1)
ASKED = "Our consulates must replace lost passports quickly. Who trains consular staff in protection of nationals?"
MINISTRY, COUNTRY, CONCERNED = "Ministerio del Interior", "PER", "OIM"
MANY = 4  # people in play


# --- people who can be recognised in any answer ---


@dataclass(frozen=True)
class Signs:
    """What tells a person in an answer: words that stand nowhere else, one for each field."""

    number: int

    @property
    def name(self) -> str:
        return f"Nomzarid{self.number}x Sample"

    @property
    def organisation(self) -> str:
        return f"Orgzarid{self.number}x"

    @property
    def email(self) -> str:
        return f"mailzarid{self.number}x@example.org"

    @property
    def works(self) -> str:
        return f"workzarid{self.number}x"

    @property
    def statement(self) -> str:
        return f"statezarid{self.number}x"

    @property
    def query(self) -> str:
        """A word of their works by which somebody may search; it tells nothing by itself."""
        return f"quorlix{self.number}x"

    def of_person(self, words: str) -> set[str]:
        """The signs of this person among `words`."""
        found = set(re.findall(rf"(nom|org|mail|work|state)zarid{self.number}x", words.lower()))
        return {str(sign) for sign in found}

    def expert(self) -> Expert:
        body = (
            f"We trained consular staff to replace lost passports, {self.works} and {self.query} say. Nationals abroad."
        )
        return expert_samples.expert(
            self.name,
            organisation=f"Institute {self.organisation}",
            statement=f"I know the protection of nationals, {self.statement}.",
            works=(Work(0, f"Passports, {self.works}", body, "en", link=f"https://example.org/{self.works}"),),
            sample=False,
        )


@dataclass(frozen=True)
class Clash:
    """Where somebody works and what they declare; whether that is a conflict with the request."""

    organisation: str = "Institute {}"
    kind: OrganisationKind = OrganisationKind.ACADEMIA
    country: str = "PER"
    declared: tuple[str, ...] = ()
    is_one: bool = True


CLASHES = (
    Clash(is_one=False),
    Clash("Ministry of the Interior ({})", OrganisationKind.STATE),
    Clash("Ministry of the Interior, Unit {}", OrganisationKind.STATE),
    Clash("Ministry of the Interior ({})", OrganisationKind.STATE, "CHL", is_one=False),  # another State's
    Clash("International Organization for Migration ({})", OrganisationKind.UN),
    Clash(declared=("PER",)),
    Clash(declared=("IOM",)),
    Clash(declared=("Ministère de l’Intérieur",)),
    Clash(declared=("CHL", "UNICEF"), is_one=False),
)


@dataclass(frozen=True)
class State:
    """How a person stands at a moment."""

    uses: frozenset[ConsentUse] = frozenset(ConsentUse)
    given: date | None = PAST
    expires: date | None = None
    paused: bool = False
    begins: date | None = None
    limit: int = 9
    clash: Clash = CLASHES[0]
    hidden: frozenset[str] = frozenset()

    def of(self, person: Expert, signs: Signs) -> Expert:
        return replace(
            person,
            organisation=self.clash.organisation.format(signs.organisation),
            kind=self.clash.kind,
            country=self.clash.country,
            declared=self.clash.declared,
            consent=Consent(self.uses, self.given, self.expires),
            availability=Availability(self.paused, self.begins, self.limit),
        )

    def agreed(self, use: ConsentUse) -> bool:
        return use in self.uses and self.given == PAST and self.expires in (None, FUTURE)

    def can_be_asked(self, load: int) -> bool:
        free = not self.paused and self.begins != FUTURE and load < self.limit
        return self.agreed(ConsentUse.FOUND) and self.agreed(ConsentUse.PROPOSED) and free and not self.clash.is_one

    @property
    def public(self) -> bool:
        return self.agreed(ConsentUse.PUBLIC) and not self.paused


_days = st.sampled_from([PAST, None, FUTURE])
states = st.one_of(
    st.builds(State),  # who may be shown as often as who may not
    st.builds(
        State,
        st.frozensets(st.sampled_from(list(ConsentUse))),
        _days,
        _days,
        st.booleans(),
        _days,
        st.integers(0, 2),
        st.sampled_from(CLASHES),
        st.frozensets(st.sampled_from(experts.HIDEABLE)),
    ),
)


@dataclass(frozen=True)
class Course:
    """What becomes of a person: as they are when people are ranked, what they answer, and as they are afterwards."""

    state: State
    load: int  # invitations to other requests this month
    refused: bool  # declined a request of this organisation for a conflict
    answer: str  # accept, decline or nothing
    agrees: bool
    later: State


courses = st.builds(
    Course, states, st.integers(0, 1), st.sampled_from([False, False, True]),
    st.sampled_from(["accept", "accept", "decline", ""]), st.booleans(), states,
)  # fmt: skip


# --- one round: a request, answers, and how everybody stands afterwards ---


@dataclass(frozen=True)
class Sighting:
    """Something that was sent to somebody: to whom, from where, all of its words."""

    role: str
    path: str
    words: str


@dataclass(repr=False)
class Scene:
    """A site with people in play, and everybody who looks at it."""

    site: TestSite
    signs: list[Signs]
    people: list[int]
    accounts: dict[str, Account]
    clients: dict[str, Client]

    def look(self, role: str, path: str) -> Sighting:
        """What somebody is sent from an address: status, headers and body."""
        answer = self.clients[role].get(path, follow_redirects=False)
        return Sighting(role, path, f"{answer.status_code}\n{answer.headers}\n{answer.text}")

    def standing(self, number: int) -> dict[int, ProposalStatus]:
        with self.site.instance.database.read() as connection:
            return {each.expert: each.standing for each in proposals.of_request(connection, number)}

    def save(self, connection: Connection, place: int, state: State) -> None:
        person = state.of(experts.get(connection, self.people[place]), self.signs[place])
        experts.save(connection, SYSTEM, person, sorted(state.hidden))

    def begin(self, drawn: Sequence[Course]) -> int:
        """Forget the requests there were, ask people for others, and file the request; its number."""
        with self.site.instance.database.write() as connection:
            forget(connection)
            for place in range(len(drawn)):
                self.save(connection, place, State())
            loaded = [self.people[place] for place, course in enumerate(drawn) if course.load]
            refused = [self.people[place] for place, course in enumerate(drawn) if course.refused]
            self.asked(connection, loaded)
            for proposal in self.asked(connection, refused):
                proposals.answer(connection, proposal, accepts=False, why=DeclineReason.CONFLICT)
            for place, course in enumerate(drawn):
                self.save(connection, place, course.state)
            asked = Request(ASKED, "en", country=COUNTRY, organisation=MINISTRY, concerns=(CONCERNED,))
            return requests.file(connection, self.accounts["asker"].actor, asked)

    def asked(self, connection: Connection, people: Sequence[int]) -> list[int]:
        """The invitations of these people to another request of the same ministry."""
        if not people:
            return []
        other = Request("Another problem.", "en", country=COUNTRY, organisation=MINISTRY)
        number = requests.file(connection, self.accounts["stranger"].actor, other)
        listed = decisions.ranking(people)
        kept = rankings.get(connection, rankings.keep(connection, SYSTEM, number, listed))
        proposals.choose(connection, SYSTEM, kept, dict.fromkeys(people, ""), "filed", "")
        made = [each.id for each in proposals.of_request(connection, number)]
        for place, each in enumerate(made):
            proposals.invite(connection, SYSTEM, each, "proposed" if place else "matched")
        return made

    def ranked(self, number: int) -> tuple[str, set[int]]:
        """Address of a new ranking on the page of the secretariat, and who can be chosen from it."""
        made = self.clients["officer"].post(f"/requests/{number}/ranking", data={"size": "2"})
        listed = self.clients["officer"].get(made.headers["location"]).text
        return made.headers["location"], {int(found) for found in re.findall(r'name="expert" value="(\d+)"', listed)}

    def went_on(self, number: int, drawn: Sequence[Course], listed: str, chosen: Iterable[int]) -> None:
        """Those chosen are invited and answer, the one who asks agrees or not, and then everybody changes."""
        officer = self.clients["officer"]
        ranking = listed.rsplit("=", 1)[1]
        data = {"ranking": ranking, "at": "filed", "reason": "All.", "expert": [str(each) for each in chosen]}
        assert officer.post(f"/requests/{number}/slate", data=data).status_code == 303
        with self.site.instance.database.read() as connection:
            made = {each.expert: each.id for each in proposals.of_request(connection, number)}
        data = {"at": "matched", "proposal": [str(each) for each in made.values()]}
        assert officer.post(f"/requests/{number}/invite", data=data).status_code == 200
        with self.site.instance.database.write() as connection:
            for place, course in enumerate(drawn):
                if (proposal := made.get(self.people[place])) is None or not course.answer:
                    continue
                accepts = course.answer == "accept"
                said = f"Words of {self.signs[place].name}"
                proposals.answer(
                    connection, proposal, accepts=accepts, why="" if accepts else DeclineReason.TIME, text=said
                )
                if accepts and course.agrees:
                    proposals.settle(connection, self.accounts["asker"].actor, proposal, agrees=True)

    def change(self, drawn: Sequence[Course]) -> None:
        with self.site.instance.database.write() as connection:
            for place, course in enumerate(drawn):
                self.save(connection, place, course.later)


def forget(connection: Connection) -> None:
    """Empty the tables of requests and of all that hangs on them."""
    gone = {support_requests}
    for table in metadata.sorted_tables:
        if any(key.column.table in gone for key in table.foreign_keys):
            gone.add(table)
    for table in reversed(metadata.sorted_tables):
        if table in gone:
            connection.execute(delete(table))


def allowed_signs(
    place: int, course: Course, standing: ProposalStatus | None, seen: Sighting, scene: Scene
) -> set[str]:
    """What an answer may tell of a person: the rules of consent, written down a second time."""
    now, signs = course.later, scene.signs[place]
    if seen.role == signs.name:
        return {"nom", "org", "mail", "work", "state"}
    told: set[str] = set()
    if now.public:
        told |= {"nom", "org", "work", "state"} - ({"org"} if "organisation" in now.hidden else set())
    if seen.role == "officer" and now.agreed(ConsentUse.FOUND):
        told |= {"nom", "org", "work", "state"}
    passed = standing is ProposalStatus.AGREED or (
        standing is ProposalStatus.ACCEPTED and now.can_be_asked(course.load)
    )
    if seen.role == "asker" and now.agreed(ConsentUse.FOUND) and passed:
        told |= {"nom", "org"}
    if seen.role in ("officer", "asker") and standing is ProposalStatus.AGREED and now.agreed(ConsentUse.FOUND):
        told |= {"mail"}
    if seen.role == "admin" and seen.path.startswith("/accounts"):
        told |= {"mail", "nom"}  # of the account they sign in with
    return told


def check(scene: Scene, drawn: Sequence[Course], standing: dict[int, ProposalStatus], seen: Iterable[Sighting]) -> None:
    for sighting in seen:
        for place, course in enumerate(drawn):
            found = scene.signs[place].of_person(sighting.words)
            allowed = allowed_signs(place, course, standing.get(scene.people[place]), sighting, scene)
            assert found <= allowed, (sighting.role, sighting.path, scene.signs[place].name, course, found - allowed)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that is written to any log meanwhile, with tracebacks."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield written
    finally:
        root.removeHandler(handler)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    site = expert_samples.words_site(tmp_path_factory.mktemp("privacy") / "home", TEXTS[:4])
    signs = [Signs(number) for number in range(1, MANY + 1)]
    roles = {
        "asker": Role.OFFICIAL, "stranger": Role.OFFICIAL, "officer": Role.SECRETARIAT, "admin": Role.ADMIN,
        "librarian": Role.LIBRARIAN, "reviewer": Role.REVIEWER, "contributor": Role.CONTRIBUTOR, "reader": Role.READER,
    }  # fmt: skip
    accounts = {name: site.person(role, email=f"{name}@example.org") for name, role in roles.items()}
    people = []
    for each in signs:
        stored, account = expert_samples.add_with_account(site, each.expert(), each.email)
        people.append(stored.id)
        accounts[each.name] = account
    clients = {name: site.signed_in(account) for name, account in accounts.items()}
    return Scene(site, signs, people, accounts, clients | {"anybody": site.client})


def looked_at(scene: Scene, number: int, listed: str) -> list[Sighting]:
    """What everybody sees of the hub."""
    words = scene.signs[0].query
    paths = {
        "anybody": ("/people", "/es/support", f"/search?q={words}", f"/api/search?q={words}", f"/requests/{number}",
                    "/coverage", "/objectives/14", "/invitation?key=unknown"),
        "asker": (f"/requests/{number}", "/requests", "/inbox", "/people"),
        "stranger": (f"/requests/{number}", "/requests", "/board"),
        "officer": (f"/requests/{number}", listed, f"/requests/{number}/matching", "/experts", "/board",
                    "/board.csv", "/inbox", "/requests"),
        "admin": ("/audit", "/accounts", f"/requests/{number}"),
        scene.signs[0].name: ("/expert", "/inbox", "/people", f"/requests/{number}"),
    }  # fmt: skip
    return [scene.look(role, path) for role, several in paths.items() for path in several]


@settings(
    max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(drawn=st.lists(courses, min_size=MANY, max_size=MANY))
def test_nobody_is_shown_to_whom_they_must_not_be(scene: Scene, drawn: list[Course]) -> None:
    number = scene.begin(drawn)
    with logged() as log:
        listed, chosen = scene.ranked(number)
        proposed = {
            person
            for person, course in zip(scene.people, drawn, strict=True)
            if course.state.can_be_asked(course.load) and not course.refused
        }
        assert chosen == proposed
        if chosen:
            scene.went_on(number, drawn, listed, chosen)
        scene.change(drawn)
        standing = scene.standing(number)
        seen = looked_at(scene, number, listed)
        check(scene, drawn, standing, seen)
        told = matched(scene, "--request", str(number))
        check(scene, drawn, standing, [Sighting("officer", "kb match", told)])
    later = eligible_later(scene, drawn, standing)
    assert {each["expert"]["id"] for each in json.loads(told)["experts"]} == later
    if ProposalStatus.AGREED not in standing.values():  # nobody more is chosen then
        assert scene.ranked(number)[1] == later
    for place, course in enumerate(drawn):
        assert ("nom" in scene.signs[place].of_person(seen[0].words)) is course.later.public
        assert scene.signs[place].of_person(log.getvalue()) == set()


def eligible_later(scene: Scene, drawn: Sequence[Course], standing: dict[int, ProposalStatus]) -> set[int]:
    """Whom a new ranking may propose: their invitation to this request counts for the month, a refusal for good."""
    found = set()
    for person, course in zip(scene.people, drawn, strict=True):
        stands = standing.get(person)
        load = course.load + (
            stands in (ProposalStatus.INVITED, ProposalStatus.ACCEPTED, ProposalStatus.AGREED, ProposalStatus.LAPSED)
        )
        if course.later.can_be_asked(load) and not course.refused and stands is not ProposalStatus.DECLINED:
            found.add(person)
    return found


def matched(scene: Scene, *arguments: str) -> str:
    """What `kb match` prints for programs, and what it says to people."""
    home = scene.site.instance.home
    result = command_line.Instance(home, late="off").run("match", *arguments, "--json")
    assert result.status == 0, result.err
    return result.out


HIDDEN = (
    State(frozenset()),
    State(expires=PAST),
    State(given=FUTURE),
    State(frozenset(ConsentUse) - {ConsentUse.FOUND, ConsentUse.PUBLIC}),
)


def test_no_page_tells_anybody_of_who_is_hidden(scene: Scene) -> None:
    """Every page of the site, for everybody, after people who were found, invited and agreed to took that back."""
    drawn = [Course(State(), 0, False, "accept", place < 2, state) for place, state in enumerate(HIDDEN)]
    number = scene.begin(drawn)
    listed, chosen = scene.ranked(number)
    scene.went_on(number, drawn, listed, chosen)
    assert all(scene.signs[place].name in scene.look("officer", listed).words for place in range(MANY))
    scene.change(drawn)
    standing = scene.standing(number)
    with scene.site.instance.database.read() as connection:
        made = proposals.of_request(connection, number)
    viewers = ("anybody", "stranger", "asker", "librarian", "officer", "admin", scene.signs[0].name)
    with logged() as log:
        paths = [*addresses(scene, number, made[0].id), listed, f"/search?q={scene.signs[0].query}"]
        seen = [scene.look(role, path) for role in viewers for path in paths]
    assert len(seen) > 400
    check(scene, drawn, standing, seen)
    assert not any(each.of_person(log.getvalue()) for each in scene.signs)


def addresses(scene: Scene, number: int, proposal: int) -> list[str]:
    """Every address that can be opened, about the request and a person of the scene where it is about one."""
    kinds = {"requests": number, "experts": scene.people[0], "people": scene.people[0], "invitations": proposal}
    found = []
    for route in declared(scene.site.app):
        first = route.path.split("/")[1]
        if "GET" in route.methods and first not in (*LANGUAGES, "static"):
            found.append(re.sub(r"\{[^}]*\}", str(kinds.get(first, 1)), route.path))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("state", [*HIDDEN, State(paused=True), State(limit=0), State(clash=CLASHES[1])])
def test_a_name_typed_by_hand_does_not_tell_whether_there_is_somebody(scene: Scene, state: State) -> None:
    drawn = [Course(State(), 0, False, "", False, state)] * MANY
    number = scene.begin(drawn)
    listed, _chosen = scene.ranked(number)
    scene.change(drawn)
    told = []
    for name in (scene.signs[0].name, "Nobody Sample"):
        data = {"ranking": listed.rsplit("=", 1)[1], "at": "filed", "by_hand": name, "why": "I know them."}
        answer = scene.clients["officer"].post(f"/requests/{number}/slate", data=data)
        assert answer.status_code == 422
        told.append(answer.text.replace(name, "NAME"))
    if state in HIDDEN:
        assert told[0] == told[1]


# --- who is erased ---


def register(site: TestSite, signs: Signs) -> tuple[int, Account]:
    """Somebody makes a profile of themselves, changes it often, and adds works and a file."""
    account = site.person(Role.EXPERT, email=signs.email, name=signs.name)
    mine = site.signed_in(account)
    told = {"name": signs.name, "kind": "academia", "organisation": signs.organisation, "level-en": "fluent"}
    agreed = {"uses": ["found", "proposed", "public"], "monthly_limit": "9"}
    for length in (1, 40, 5, 200, 2):
        statement = f"I protect nationals abroad, {signs.statement}. " * length
        assert mine.post("/expert", data=told | agreed | {"statement": statement}).status_code == 303
    for length in (1, 300, 3):
        work = {
            "title": f"Lost passports, {signs.works}",
            "body": f"Consular staff replace passports, {signs.works}. " * length,
        }
        assert mine.post("/expert/works", data=work).status_code == 303
    with site.instance.database.write() as connection:
        person = experts.of_account(connection, account.id) or 0
        read = Work(0, "A life", f"I led a consular office, {signs.works}.", "en", "cv")
        works_store.add_file(connection, account.actor, person, f"{signs.name}.pdf", "cv", "0" * 64, [read])
    return person, account


def taken_part(site: TestSite, signs: Signs, person: int, account: Account) -> None:
    """They are found for a request, accept, and say how it went; and they fail to sign in once."""
    asker, officer = site.person(Role.OFFICIAL), site.person(Role.SECRETARIAT)
    theirs, mine = site.signed_in(officer), site.signed_in(account)
    with site.instance.database.write() as connection:
        number = requests.file(connection, asker.actor, Request(ASKED, "en", country="SEN"))
    listed = theirs.post(f"/requests/{number}/ranking", data={"size": "2"}).headers["location"]
    assert signs.works in theirs.get(listed).text
    ranking = listed.rsplit("=", 1)[1]
    reason = {"ranking": ranking, "at": "filed", "expert": str(person), "reason": f"{signs.name} knows it."}
    assert theirs.post(f"/requests/{number}/slate", data=reason).status_code == 303
    with site.instance.database.write() as connection:
        proposal = proposals.of_request(connection, number)[0].id
        proposals.invite(connection, officer.actor, proposal, "matched")
        proposals.answer(connection, proposal, accepts=True, text=f"Yours, {signs.name}")
        proposals.settle(connection, asker.actor, proposal, agrees=True)
        requests.step(connection, officer.actor, number, Stage.UNDER_WAY, Stage.ACCEPTED)
        feedback.of_expert(connection, proposals.get(connection, proposal), Outcome.HELPED, f"{signs.name} was heard.")
    assert mine.post("/expert/export").status_code == 200
    site.client.post(
        "/sign-in", data={"email": signs.email, "password": "wrong"}, headers={"sec-fetch-site": "same-origin"}
    )


def bytes_under(folder: Path) -> dict[str, bytes]:
    """Every file of an instance, in small letters."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes().lower() for path in files}


def traces(folder: Path, signs: Signs, vectors: Sequence[bytes] = ()) -> list[tuple[str, str]]:
    """Files in which something of a person stands, and what."""
    found = []
    for name, content in bytes_under(folder).items():
        for kind in ("nom", "org", "mail", "work", "state"):
            if f"{kind}zarid{signs.number}x".encode() in content:
                found.append((name, kind))
        found += [(name, "vector") for vector in vectors if vector.lower() in content]
    return found


def vectors_of(site: TestSite, person: int) -> list[bytes]:
    with site.instance.database.read() as connection:
        mine = select(work_vectors.c.vector).join(expert_works, expert_works.c.id == work_vectors.c.work)
        return list(connection.execute(mine.where(expert_works.c.expert == person)).scalars())


def test_who_is_erased_leaves_no_trace_in_any_file(tmp_path: Path) -> None:
    site = expert_samples.words_site(tmp_path / "home", ())
    gone, stays = Signs(7), Signs(8)
    person, account = register(site, gone)
    register(site, stays)
    taken_part(site, gone, person, account)
    vectors = vectors_of(site, person)
    everywhere = {"nom", "org", "mail", "work", "state", "vector"}
    assert {kind for _file, kind in traces(tmp_path / "home", gone, vectors)} == everywhere
    home = command_line.Instance(tmp_path / "home", late="off")
    assert home.run("backup", str(tmp_path / "backup")).status == 0
    assert site.signed_in(account).post("/expert/erase", data={"sure": "1"}).status_code == 303
    assert traces(tmp_path / "home", gone, vectors) == []
    assert {kind for _file, kind in traces(tmp_path / "home", stays)} == everywhere - {"vector"}
    # An old backup still holds them; restored with the present list of erasures it does not.
    restored = command_line.Instance(tmp_path / "new", late="off")
    told = restored.run("restore", str(tmp_path / "backup"), "--erasures", str(tmp_path / "home" / "erasures.jsonl"))
    assert told.status == 0, told.err
    assert traces(tmp_path / "new", gone, vectors) == []
    assert {kind for _file, kind in traces(tmp_path / "new", stays)} == everywhere - {"vector"}


def test_an_error_of_the_database_tells_the_log_nothing_of_a_person(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site, signs = expert_samples.words_site(tmp_path / "home", ()), Signs(9)
    _person, account = register(site, signs)
    with site.instance.database.write() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE UPDATE ON experts BEGIN SELECT RAISE(ABORT, 'full'); END"))
    mine = Client(site.app, raise_server_exceptions=False, cookies=site.signed_in(account).cookies)
    said = {"name": signs.name, "kind": "un", "statement": signs.statement}
    answer = mine.post("/expert", data=said, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 500
    assert signs.of_person(answer.text) <= {"nom"}  # one's own, beside the way to sign out
    assert "full" in caplog.text
    assert signs.of_person(caplog.text) == set()
