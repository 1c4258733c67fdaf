"""A request for support as people see it: asked in French, answered across languages, closed, and all on record.

The journey is gone over plain HTTP without script, and in Chromium where there is one, by mouse and keyboard.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.encoding.encoder import Encoder
from index.encoding.instance_encoding import Encoding, reference_codec
from ingest.pipeline import Tools, Wishes, ingest
from ingest.readers.sandbox import Limits, Sandbox
from kb.accounts.account import SYSTEM, Role
from kb.accounts.store import one_time_links
from kb.cli.bootstrap import CORPUS
from kb.config import Settings
from tests.support import expert_samples
from tests.support.browser import ChromiumVisitor
from tests.support.chromium import HOW_TO_GET, find_chromium, open_chromium, serving
from tests.support.documents import Instance
from tests.support.site import TestSite
from tests.support.uploads import NoTags
from tests.support.web_client import PlainVisitor, Visitor, plain
from web.i18n.locales import load_interfaces

pytestmark = pytest.mark.model
DOCUMENTS = ("objective-13-brief.es.md", "sample-input-detention.es.md")
PROBLEM = (
    "La police des frontières retient chaque mois des familles avec enfants dans un centre fermé avant leur renvoi. "
    "Nous voulons réécrire la loi pour que l’enfermement soit le dernier recours, et savoir comment suivre ces "
    "familles dans la communauté sans les perdre de vue."
)
MINISTRY = "Ministère de l’Intérieur (exemple)"
NAMES = {  # those who can be proposed, and how they are reached
    "Carolina Ejemplo Duarte": "d13-es@example.org",
    "Rachel Sample Donovan": "d13-en@example.org",
    "Marcela Ejemplo Ibáñez": "d7-es@example.org",
    "Paola Ejemplo Serrano": "d12-es@example.org",
    "Silvia Ejemplo Zelaya": "d20-es@example.org",
}
# Sample experts, by the code of their line in the corpus, and what is different about them here.
CHANGES: dict[str, dict[str, object]] = {
    "d13-es": {"availability": {"monthly_limit": 9}},
    "d13-en": {"availability": {"monthly_limit": 9}},
    "d7-es": {"availability": {"monthly_limit": 9}},
    "d12-es": {"availability": {"monthly_limit": 9}},
    "d20-es": {},
    "d13-fr": {"availability": {"paused": True}},
    "d11-fr": {"declared": [MINISTRY]},
    "d16-en": {"consent": {}},
}
_INTERFACES = load_interfaces()


@dataclass(frozen=True)
class Words:
    """What pages say in a language, with plain spaces."""

    language: str

    def __call__(self, message: str) -> str:
        return plain(_INTERFACES[self.language].say(message))

    def several(self, one: str, many: str, count: int) -> str:
        return plain(_INTERFACES[self.language].messages.ngettext(one, many, count) % {"count": count})


FR, ES, EN = Words("fr"), Words("es"), Words("en")


@dataclass
class Served:
    """The site, where it is served, and how to look into it."""

    site: TestSite
    address: str


@pytest.fixture(scope="module")
def served(real_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    encoding = Encoding(real_encoder, reference_codec(real_encoder))
    site = furnished(tmp_path_factory.mktemp("hub") / "home", encoding)
    with serving(site.app) as address:
        yield Served(site, address)


def furnished(home: Path, encoding: Encoding) -> TestSite:
    """A site with a few Spanish documents and eight sample experts, one of them paused, in conflict, hidden each."""
    instance = Instance(home, encoding)
    with Sandbox(Limits(seconds=30)) as sandbox:
        tools = Tools(instance.database, home, sandbox, encoding, NoTags())
        paths = [CORPUS / "documents" / name for name in DOCUMENTS]
        assert [report.outcome for report in ingest(paths, tools, Wishes(publish=True))] == ["stored"] * len(paths)
    expert_samples.sample_people(instance, CHANGES)
    return expert_samples.site_of(
        instance, Settings(home=home, name="Sample hub", password_memory_mb=1), suggests=False
    )


@dataclass
class Journey:
    """The people of one journey, each with a browser of their own; `mark` keeps two journeys on one site apart."""

    served: Served
    newcomer: Callable[[], Visitor]
    mark: str
    request: str = ""  # path of its page

    @property
    def title(self) -> str:
        return f"Familles retenues, {self.mark}"

    def signed_in(self, name: str, role: Role, say: Words) -> Visitor:
        """Somebody who chose a password by their one-time link."""
        email = f"{name.split()[0]}.{self.mark}@example.org".lower()
        account = self.served.site.person(role, email=email, name=name)
        with self.served.site.instance.database.write() as connection:
            key = one_time_links.make(connection, SYSTEM, account.id, one_time_links.Purpose.INVITATION)
        person = self.newcomer()
        person.open(f"{self.served.address}/{say.language}/welcome?key={key}")
        person.fill(say("New password"), "four words of a song")
        person.fill(say("The same password again"), "four words of a song")
        person.press(say("Set the password and sign in"))
        return person

    def go(self) -> None:
        """From the problem of a ministry to what was learned from it."""
        official = self.signed_in("Awa Exemple", Role.OFFICIAL, FR)
        officer = self.signed_in("Olga Ejemplo", Role.SECRETARIAT, ES)
        self.filed(official)
        self.ranked(officer)
        first, alternate = self.chosen(officer)
        self.declines(self.invited(officer, first))
        self.stepped_in(officer, first, alternate)
        accepting = self.invited(officer, alternate)
        self.accepts(accepting)
        self.agreed(official, accepting, alternate, first)
        self.ended(official, officer, accepting)
        self.on_record(official, officer, first, alternate)

    def filed(self, official: Visitor) -> None:
        """The official asks, and reads at once what is known."""
        official.follow(FR("Requests"))
        official.follow(FR("Ask for support"))
        official.fill(FR("What is the problem, and what would help?"), PROBLEM)
        official.fill(FR("A short title, if you like"), self.title)
        official.pick(FR("Which country needs support?"), "Mauritanie")
        official.pick(FR("What kind of support?"), FR("Help with drafting"))
        official.fill(FR("Your organisation"), MINISTRY)
        official.press(FR("File the request"))
        assert FR("Your request was filed. Below stands what is known here already.") in official.text
        assert official.links("Alternativas a la detención")  # a Spanish document, with a passage that helps
        assert "en la comunidad" in official.text
        self.request = "/" + official.address.partition("/fr/")[2].split("?")[0]

    def ranked(self, officer: Visitor) -> None:
        """From the list of requests to a ranked list with sentences in two languages, and who was left out."""
        officer.open("/es/requests")
        officer.follow(self.title)
        officer.follow(ES("Find people for it"))
        officer.fill(ES("People on the slate"), "2")
        officer.press(ES("Rank the experts"))
        for found in ("1. ", "2. ", "3. ", "Nous voulons réécrire la loi", "Propuesta de articulado con plazo máximo"):
            assert found in officer.text, officer.text
        assert officer.text.count(self.title) == 1  # a title is no sentence that shows why
        assert "Anders Sample Holm" not in officer.text
        assert "Luc Exemple Vasseur" not in officer.text  # folded away
        officer.unfold(ES.several("Left out: %(count)s person", "Left out: %(count)s people", 3))
        for name, reason in (("Luc Exemple Vasseur", "is paused"), ("Mariam Exemple Camara", "declared an interest")):
            assert re.search(f"{name}, [^:]+: {ES(reason)}", officer.text), officer.text
        assert "Anders Sample Holm" not in officer.text  # has not agreed to be found: counted alone

    def chosen(self, officer: Visitor) -> tuple[str, str]:
        """The proposed slate is put on record: one of it, and who could step in for them."""
        before = officer.text
        officer.press(ES("Put those chosen on the slate"))
        assert ES("They are on the slate. Invite them below.") in officer.text
        slate = [name for name in NAMES if f"{ES('Invite')} {name}" in officer.text]
        assert len(slate) == 2
        stands = {name: before.index(f". {name}") for name in NAMES if f". {name}" in before}
        steps_in = before.index(ES("Could step in:"))
        first = max((name for name in slate if stands[name] < steps_in), key=lambda name: stands[name])
        alternate = min(
            (name for name in NAMES if before.find(name, steps_in) > 0), key=lambda n: before.find(n, steps_in)
        )
        assert alternate not in slate
        return first, alternate

    def invited(self, officer: Visitor, name: str) -> Visitor:
        """Somebody with their invitation before them; the officer passes its address on."""
        officer.press(f"{ES('Invite')} {name}")
        address = re.findall(r"http://\S+/invitation\?key=\S+", officer.text)[0]
        person = self.newcomer()
        person.open(address.replace("/en/", "/es/").replace("/fr/", "/es/"))
        assert PROBLEM in person.text
        assert "awa" not in person.text.lower()  # who asks is told once both agree
        return person

    def declines(self, person: Visitor) -> None:
        person.tick(ES("I have no time for it"))
        person.fill(ES("What the secretariat should know"), "En enero, con gusto.")
        person.press(ES("Decline"))
        assert ES("You declined. Thank you for saying so; somebody else is asked.") in person.text

    def stepped_in(self, officer: Visitor, first: str, alternate: str) -> None:
        """The officer reads why, and puts the alternate on the slate with a reason."""
        officer.open(f"/es{self.request}")
        assert f"{ES('The expert declined')} – {ES('I have no time for it')} · {first}" in officer.text
        assert "En enero, con gusto." in officer.text
        officer.follow(ES("Find people for it"))
        place = re.search(rf"(\d+)\. {alternate}", officer.text)
        officer.tick(place[0])  # type: ignore[index]
        officer.press(ES("Put those chosen on the slate"))
        assert ES("Say why: the reason stays on record.") in officer.text
        officer.tick(place[0])  # type: ignore[index]
        officer.fill(ES("Why, if it differs from what was proposed"), "Sustituye a quien no tiene tiempo.")
        officer.press(ES("Put those chosen on the slate"))
        assert ES("They are on the slate. Invite them below.") in officer.text

    def accepts(self, person: Visitor) -> None:
        person.follow("English")  # the address keeps working in the language one prefers
        person.fill(EN("A word with your answer, if you like"), "I drafted such a law last year.")
        person.press(EN("Accept"))
        assert EN("You accepted. As soon as the one who asks agrees, contact details stand here.") in person.text
        assert "awa" not in person.text.lower()

    def agreed(self, official: Visitor, accepting: Visitor, alternate: str, first: str) -> None:
        """Contact details pass when the one who asks agrees, and not before."""
        official.open(f"/fr{self.request}")
        assert alternate in official.text
        assert "I drafted such a law last year." in official.text
        assert first not in official.text
        assert "@example.org" not in official.text
        official.press(FR("Agree: pass the contact details"))
        assert NAMES[alternate] in official.text
        accepting.open(accepting.address)
        assert f"awa.{self.mark}@example.org" in accepting.text

    def ended(self, official: Visitor, officer: Visitor, accepting: Visitor) -> None:
        """Followed up, and closed with what both sides say of it."""
        self.step(officer, "The support is under way", "")
        official.open(f"/fr{self.request}")
        official.tick(FR("It helped"))
        official.fill(FR("What should others know of it?"), "Le projet de loi est au Conseil.")
        official.press(FR("Send the feedback"))
        assert FR("Thank you for your feedback.") in official.text
        accepting.open(accepting.address)
        accepting.tick(EN("It helped in part"))
        accepting.fill(EN("What should others know of it?"), "Judges were not in the room.")
        accepting.press(EN("Send the feedback"))
        self.step(officer, "Close it with its outcome", "El proyecto de ley llegó al Consejo.")

    def step(self, officer: Visitor, to: str, reason: str) -> None:
        officer.open(f"/es{self.request}")
        officer.tick(ES(to))
        officer.fill(ES("Why, or with what outcome"), reason)
        officer.press(ES("Put it on record"))
        assert ES("The step is on record.") in officer.text

    def on_record(self, official: Visitor, officer: Visitor, first: str, alternate: str) -> None:
        """The record tells the story, to each as much as they may know."""
        officer.open(f"/es{self.request}")
        story = officer.text[officer.text.rindex(ES("What happened")) :]
        told = (
            ES("Request filed"), ES("Experts ranked"), f"{ES('Chosen for the slate')} · {first}",
            f"{ES('Invited')} · {first}", f"{ES('The expert declined')} – {ES('I have no time for it')} · {first}",
            "En enero, con gusto.", f"{ES('Chosen for the slate')} · {alternate}", "Sustituye a quien no tiene tiempo.",
            f"{ES('Invited')} · {alternate}", f"{ES('The expert accepted')} · {alternate}",
            ES("The one who asks agreed; contact details passed"), ES("Under way"), "Le projet de loi est au Conseil.",
            "Judges were not in the room.", ES("Closed"), "El proyecto de ley llegó al Consejo.",
        )  # fmt: skip
        places = [story.find(words) for words in told]
        assert -1 not in places, (told[places.index(-1)], story)
        assert places == sorted(places), story
        official.open(f"/fr{self.request}")
        assert first not in official.text
        assert "Sustituye a quien" not in official.text
        assert "El proyecto de ley llegó al Consejo." in official.text


def test_a_request_over_plain_http(served: Served) -> None:
    Journey(served, lambda: PlainVisitor(served.address), "plain").go()


def test_a_request_in_chromium(served: Served) -> None:
    program = find_chromium()
    if program is None:
        (pytest.fail if os.environ.get("NEED_CHROMIUM") else pytest.skip)(HOW_TO_GET)
    with open_chromium(program) as chromium:
        Journey(served, lambda: ChromiumVisitor(chromium, served.address), "chromium").go()
        assert chromium.complaints == []
