"""The describe page, without JavaScript: suggestions decided, descriptions corrected, documents moved, on record."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag
from httpx2 import Response
from sqlalchemy import text

from kb.accounts.account import Account, Role
from kb.documents.duplicate import Likeness, LinkKind
from kb.documents.models import Verdict
from kb.documents.state import State
from kb.documents.store import documents, duplicates, history, tag_decisions
from kb.editorial.review import Side
from kb.editorial.store import reviews, transitions
from tests.support.http_client import Client
from tests.support.site import ATTRIBUTE, SCRIPT, TEXTS, TestSite, Text, make_site, prepared

FEES = replace(TEXTS[2], name="fees.pdf", title="Fees of remittances")  # objectives 19 and 20, area 4


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestSite:
    return make_site(tmp_path_factory.mktemp("site"), TEXTS[:1], vectors=False)


@pytest.fixture
def librarian(site: TestSite) -> Client:
    return site.signed_in(site.person(Role.LIBRARIAN, name="Lena"))


@pytest.fixture
def fees(site: TestSite) -> Text:
    return replace(FEES, name=f"fees-{len(site.instance.states())}.pdf")


@pytest.fixture
def number(site: TestSite, fees: Text) -> int:
    """A document that waits to be described."""
    return site.add(fees, publish=False)


def bench(number: int) -> str:
    return f"/workbench/documents/{number}"


def page(client: Client, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html5lib")


def sent(client: Client, form: Tag, press: str = "", **fields: str) -> Response:
    """The form as a browser without JavaScript sends it, with `press` the value of the button that is pressed."""
    values: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            values[str(field["name"])] = [str(chosen["value"])] if chosen else []
        elif field.get("type") != "checkbox" or field.has_attr("checked"):
            value = field.text if field.name == "textarea" else str(field.get("value", ""))
            values.setdefault(str(field["name"]), []).append(value)
    button = form.select_one(f"button[value='{press}']") if press else None
    assert not press or button is not None
    pressed = {"verdict": [press]} if press else {}
    return client.post(str(form["action"]), data=values | pressed | {name: [value] for name, value in fields.items()})


def form_to(shown: BeautifulSoup, end: str) -> Tag:
    found = shown.select_one(f"form[action$='{end}']")
    assert found is not None, end
    return found


def claim(shown: BeautifulSoup, key: str) -> Tag:
    found = next(c for c in shown.select(".claim") if c.select_one(f"input[value='{key}']"))
    assert isinstance(found, Tag)
    return found


def keys(shown: BeautifulSoup) -> list[str]:
    return [str(each["value"]) for each in shown.select(".claim input[name=tag]")]


def verdicts(site: TestSite, number: int) -> list[tuple[str, Verdict]]:
    with site.instance.database.read() as connection:
        return [(d.place.notation, d.verdict) for d in tag_decisions.history(connection, number)]


def what_happened(shown: BeautifulSoup) -> list[str]:
    return [" ".join(li.get_text(" ").split()) for li in shown.select("section[aria-labelledby=history] li")]


def test_the_page_shows_the_text_and_lights_the_evidence(librarian: Client, number: int) -> None:
    shown = page(librarian, bench(number))
    assert keys(shown) == ["objectives:19", "objectives:20", "areas:4"]
    current = shown.select_one(".claim[data-current]")
    assert current is not None
    assert "19" in current.text
    assert "90%" in current.text
    assert current.select("blockquote mark")
    assert shown.select(".sheet mark")[0].text == "Remittances cost too"
    asked = page(librarian, f"{bench(number)}?tag=areas:4")
    assert "4 Regular migration" in asked.select(".claim[data-current]")[0].text
    assert not page(librarian, f"{bench(number)}?tag=areas:99").select(".claim [autofocus]")[1:]


def test_suggestions_are_decided_one_after_the_other(site: TestSite, librarian: Client, number: int) -> None:
    shown, path = page(librarian, f"{bench(number)}?tag=objectives:19"), ""
    for key, press, following in (
        ("objectives:19", "accepted", "objectives:20"),
        ("objectives:20", "rejected", "areas:4"),
        ("areas:4", "accepted", ""),
    ):
        focused = shown.select_one("[autofocus]")
        assert focused is not None
        assert focused.find_parent(class_="claim") is claim(shown, key)
        answer = sent(librarian, claim(shown, key).select("form")[0], press)
        assert answer.status_code == 303
        path = answer.headers["location"]
        assert (f"tag={following.replace(':', '%3A')}" in path) is bool(following)
        shown = page(librarian, path)
    assert "Every suggestion is decided." in shown.text
    assert verdicts(site, number) == [("19", "accepted"), ("20", "rejected"), ("4", "accepted")]
    assert what_happened(shown)[0].startswith("Accepted: 4 Regular migration")
    assert "Lena" in what_happened(shown)[0]
    sent(librarian, claim(shown, "objectives:20").select("form")[0], "withdrawn")
    assert verdicts(site, number)[-1] == ("20", "withdrawn")


def test_all_above_a_score_at_once_and_back(site: TestSite, librarian: Client, number: int) -> None:
    with site.instance.database.write() as connection:
        connection.execute(text("UPDATE tags SET score = 0.55 WHERE notation = '20' AND passage IS NULL"))
    shown = page(librarian, bench(number))
    assert [o.text for o in shown.select("#level option")] == ["90% (2)", "80% (2)", "70% (2)", "60% (2)", "50% (3)"]
    after = sent(librarian, form_to(shown, "/tags"), level="60")
    assert verdicts(site, number) == [("19", "accepted"), ("4", "accepted")]
    shown = page(librarian, after.headers["location"])
    assert "2 suggestions were decided." in shown.text
    sent(librarian, form_to(shown, "/undo"))
    assert verdicts(site, number)[2:] == [("19", "withdrawn"), ("4", "withdrawn")]


def test_nobody_undoes_what_another_decided(site: TestSite, librarian: Client, number: int) -> None:
    after = sent(librarian, form_to(page(librarian, bench(number)), "/tags"))
    other = site.signed_in(site.person(Role.LIBRARIAN))
    sent(other, form_to(page(other, after.headers["location"]), "/undo"))
    assert [verdict for _n, verdict in verdicts(site, number)] == ["accepted"] * 3


def test_a_concept_is_added(site: TestSite, librarian: Client, number: int) -> None:
    form = form_to(page(librarian, bench(number)), "/add")
    offered = [str(o["value"]) for o in form.select("option")]
    assert "objectives:13" in offered
    assert "objectives:19" not in offered
    assert sent(librarian, form).status_code == 422
    assert sent(librarian, form, tag="objectives:999").status_code == 422
    assert sent(librarian, form, tag="objectives:13").status_code == 303
    assert "added by a person" in claim(page(librarian, bench(number)), "objectives:13").text
    assert verdicts(site, number) == [("13", "added")]


def test_a_tag_that_is_not_there_is_refused(librarian: Client, number: int) -> None:
    for tag in ("objectives:1", "nothing", "", "x:y:z"):
        answer = librarian.post(f"{bench(number)}/tag", data={"tag": tag, "verdict": "accepted"})
        assert answer.status_code == 404, tag
    assert librarian.post(f"{bench(number)}/tag", data={"tag": "objectives:19", "verdict": "eaten"}).status_code == 422


# --- the description ---


def test_a_description_is_corrected(site: TestSite, librarian: Client, number: int) -> None:
    form = form_to(page(librarian, bench(number)), "/description")
    fields = {"title": " Lower\nfees ", "date": "2021-05", "others": "Francia; BOL", "reason": "As on its cover."}
    answer = sent(librarian, form, **fields)
    assert answer.status_code == 303
    with site.instance.database.read() as connection:
        described = documents.get(connection, number).description
    assert (described.title, described.date) == ("Lower fees", "2021-05")
    assert described.countries == ("BOL", "ECU", "FRA", "PER")
    shown = page(librarian, answer.headers["location"])
    assert "The description was saved." in shown.text
    title = next(line for line in what_happened(shown) if line.startswith("Title"))
    assert re.search(r"Lena Fees of remittances .* Lower fees As on its cover\.", title)
    unchanged = sent(librarian, form_to(shown, "/description"))
    assert "confirmed as it is" in page(librarian, unchanged.headers["location"]).text


def test_a_description_has_its_evidence_too(librarian: Client, number: int) -> None:
    shown = page(librarian, bench(number))
    form = form_to(shown, "/description")
    assert "As the software read it" in form.text
    assert "100% of its passages are in this language." in form.text
    assert "The text does not say so itself." in form.text  # that it is a report
    links = [str(a["href"]) for a in form.select(".hint a")]
    assert links == [f"{bench(number)}?tag=title", f"{bench(number)}?tag=date"]
    for link, marked in zip(links, ("Fees of remittances", "2019"), strict=True):
        assert [m.text for m in page(librarian, link).select(".sheet mark")] == [marked]
    sent(librarian, form)
    assert re.search(r"Last changed or confirmed: .*, Lena", page(librarian, bench(number)).text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("title", "x" * 501),
        ("date", "last May"),
        ("type", "novel"),
        ("language", "x"),
        ("others", "Narnia"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    site: TestSite, librarian: Client, number: int, field: str, value: str
) -> None:
    answer = sent(librarian, form_to(page(librarian, bench(number)), "/description"), **{field: value})
    assert answer.status_code == 422
    shown = BeautifulSoup(answer.text, "html5lib")
    wrong = shown.select_one("[aria-invalid=true]")
    assert wrong is not None
    assert wrong["name"] == field
    assert shown.select_one(f"#{str(wrong['aria-describedby']).split()[-1]}")
    assert shown.select("[role=alert] a[href]")
    with site.instance.database.read() as connection:
        assert len(history.of_document(connection, number)) == 1


def test_the_second_of_two_is_told(site: TestSite, librarian: Client, number: int) -> None:
    form = form_to(page(librarian, bench(number)), "/description")
    sent(librarian, form, title="The first was quicker")
    late = sent(site.signed_in(site.person(Role.LIBRARIAN)), form, title="The second")
    assert late.status_code == 409
    assert "Somebody was quicker" in late.text
    with site.instance.database.read() as connection:
        assert documents.get(connection, number).description.title == "The first was quicker"


# --- moves ---


def test_publishing_alone_and_withdrawing(site: TestSite, librarian: Client, number: int) -> None:
    shown = page(librarian, bench(number))
    assert sent(librarian, form_to(shown, "/publish-trusted"), reason=" ").status_code == 422
    sent(librarian, form_to(shown, "/publish-trusted"), reason="Network papers")
    found = f'href="/documents/{number}/passages'
    assert found in site.client.get("/search?q=prices+compared").text
    public = page(site.client, f"/documents/{number}")
    assert "published by a librarian as part of a trusted collection, “Network papers”" in public.text
    withdrawn = sent(librarian, form_to(page(librarian, bench(number)), "/withdraw"), reason=f"Wrong file {SCRIPT}")
    assert withdrawn.status_code == 303
    assert found not in site.client.get("/search?q=prices+compared").text
    gone = page(site.client, f"/documents/{number}", 410)
    assert f"Wrong file {SCRIPT}" in gone.text
    assert not gone.select("main script")
    assert "Fees of remittances" not in gone.text
    told = site.client.get(f"/api/documents/{number}")
    assert (told.status_code, "Reason: Wrong file" in told.json()["detail"]) == (410, True)
    sent(librarian, form_to(page(librarian, bench(number)), "/bring-back"), reason="It was right.")
    page(site.client, f"/documents/{number}", 410)  # until it is published again


def test_of_two_moves_the_second_is_told(site: TestSite, librarian: Client, number: int) -> None:
    shown = page(librarian, bench(number))
    sent(librarian, form_to(shown, "/reject"), reason="A copy of another.")
    late = sent(site.signed_in(site.person(Role.LIBRARIAN)), form_to(shown, "/publish-trusted"), reason="x")
    assert late.status_code == 409
    assert site.instance.states()[number] == "rejected"


def test_what_was_never_public_leaves_no_tombstone(site: TestSite, number: int) -> None:
    owner = owned(site, number)
    client = site.signed_in(owner)
    sent(client, form_to(page(client, bench(number)), "/take-back"), reason="The wrong one.")
    assert site.instance.states()[number] == "withdrawn"
    page(site.client, f"/documents/{number}", 404)


def test_in_review_publishing_waits_for_the_rule(site: TestSite, librarian: Client, number: int) -> None:
    answer = sent(librarian, form_to(page(librarian, bench(number)), "/send-to-review"))
    assert answer.headers["location"].startswith(f"{bench(number)}/review")
    shown = page(librarian, bench(number))
    assert "one internal and two external reviewers" in shown.text
    assert not shown.select("form[action$='/publish'], form[action$='/publish-trusted']")
    forced = librarian.post(f"{bench(number)}/publish", data={"expected": "in-review", "reason": "now"})
    assert (forced.status_code, site.instance.states()[number]) == (422, "in-review")


def test_a_reviewed_document_says_so(site: TestSite, librarian: Client, number: int) -> None:
    from kb.editorial.review import Recommendation

    editor = site.person(Role.LIBRARIAN).actor
    with site.instance.database.write() as connection:
        transitions.send_to_review(connection, editor, number, State.DESCRIBED)
        for place in range(3):
            person = site_reviewer(connection, place)
            side = Side.EXTERNAL if place else Side.INTERNAL
            review = reviews.ask(connection, editor, number, person.id, side).id
            reviews.declare(connection, person.actor, review, conflict=False)
            reviews.open_file(connection, person.actor, review)
            reviews.recommend(connection, person.actor, review, Recommendation.PUBLISH, "Sound.")
    sent(librarian, form_to(page(librarian, bench(number)), "/publish"), reason="All three agree.")
    assert "Peer-reviewed, by 3 reviewers" in page(site.client, f"/documents/{number}").text


# --- who sees what ---


def owned(site: TestSite, number: int, role: Role = Role.CONTRIBUTOR) -> Account:
    account = site.person(role)
    with site.instance.database.write() as connection:
        connection.execute(
            text("UPDATE documents SET owner = :owner WHERE id = :id"), {"owner": account.id, "id": number}
        )
    return account


def site_reviewer(connection: object, place: int) -> Account:
    from kb.accounts.account import SYSTEM
    from kb.accounts.store import accounts

    return accounts.create(connection, SYSTEM, f"reviewer{place}@example.org", [Role.REVIEWER])  # type: ignore[arg-type]


def test_who_sent_it_describes_it_until_others_have_a_say(site: TestSite, librarian: Client, number: int) -> None:
    client = site.signed_in(owned(site, number))
    shown = page(client, bench(number))
    assert form_to(shown, "/description")
    assert {str(f["action"]).rsplit("/", 1)[1] for f in shown.select(".move form")} == {"take-back"}
    sent(librarian, form_to(page(librarian, bench(number)), "/send-to-review"))
    later = page(client, bench(number))
    assert not later.select("form[action$='/description'], form[action$='/tag'], form[action$='/add']")
    assert client.post(f"{bench(number)}/description", data={"title": "x"}).status_code in (404, 422)
    with site.instance.database.read() as connection:
        assert documents.get(connection, number).description.title == "Fees of remittances"


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER, Role.SECRETARIAT, Role.ADMIN])
def test_it_is_not_there_for_others(site: TestSite, number: int, role: Role) -> None:
    client = site.signed_in(site.person(role))
    for path in (bench(number), bench(999_999)):
        assert client.get(path).status_code == 404
    page(site.client, f"/documents/{number}", 404)


def test_a_hostile_document_is_only_text(site: TestSite, librarian: Client) -> None:
    number = site.add(replace(TEXTS[5], name="again.html"), publish=False)
    for path in (
        bench(number),
        f"{bench(number)}/compare/{number}",
        f"{bench(number)}?tag={ATTRIBUTE}&undo={ATTRIBUTE}",
    ):
        shown = page(librarian, path)
        assert [str(s.get("src", "")).split("?")[0] for s in shown.select("script")] in ([], ["/static/describe.js"])
        assert not shown.select("img, iframe, main svg, main b, [onerror]")


def test_the_script_is_served_as_one(site: TestSite, librarian: Client, number: int) -> None:
    source = str(page(librarian, bench(number)).select("script")[0]["src"])
    answer = site.client.get(source)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "script-src 'self'" in answer.headers["content-security-policy"]


# --- checks and versions ---


def test_what_there_is_to_look_at(site: TestSite, librarian: Client) -> None:
    bare = replace(FEES, name="bare.pdf", type="other", date="2015", countries=(), objectives=(), lines=("Few words.",))
    number = site.add(bare, publish=False)
    with site.instance.database.write() as connection:
        duplicates.keep(connection, [Likeness(LinkKind.TRANSLATION, number, site.ids["detention.es.txt"], 0.8)])
    shown = page(librarian, bench(number))
    looks = [" ".join(li.get_text(" ").split()) for li in shown.select(".looks li")]
    assert looks[0] == "A translation of it: Alternativas a la detención not decided yet"
    assert looks[1:] == [
        "There is little text: 2 words. Is the file whole?",
        "The type of document could not be told.",
        "No country or region is named that it is about.",
        "It is about none of the objectives, as far as the software can tell.",
        "It is from 2015, before the Compact was adopted in December 2018.",
    ]
    spanish = page(librarian, f"/es{bench(number)}")
    assert "Una traducción de este documento:" in spanish.text


def test_versions_are_compared(site: TestSite, librarian: Client, number: int, fees: Text) -> None:
    changed = [line.replace("Fees of remittances fall", "Fees of transfers fall") for line in fees.lines]
    newer = prepared(replace(fees, lines=tuple(changed), date="2020"), site.instance)
    stored = documents.add(site.instance.database, newer, publish=False).document
    with site.instance.database.read() as connection:
        assert documents.get(connection, stored).previous == number
    shown = page(librarian, bench(stored))
    link = next(a for a in shown.select("a") if "Compare with the version before" in a.text)
    compared = page(librarian, str(link["href"]))
    assert [d.text for d in compared.select("td del")] == ["July 1, 2019", "remittances "]
    assert [i.text for i in compared.select("td ins")] == ["2020", "transfers "]
    assert page(librarian, f"{bench(number)}/compare/{stored}").select("td del")[0].text == "July 1, 2019"
    other = site.signed_in(owned(site, stored))
    assert other.get(str(link["href"])).status_code == 404  # the older one is not theirs


def test_a_new_version_says_what_was_carried_and_what_was_not(
    site: TestSite, librarian: Client, fees: Text, number: int
) -> None:
    sent(librarian, claim(page(librarian, bench(number)), "objectives:19").select("form")[0], "accepted")
    sent(librarian, form_to(page(librarian, bench(number)), "/add"), tag="objectives:1")
    with site.instance.database.write() as connection:
        first = connection.execute(text(f"SELECT min(id) FROM passages WHERE document = {number}")).scalar_one()
        place = tag_decisions.TagPlace(number, first, "objectives", "20")
        tag_decisions.decide(connection, place, Verdict.REJECTED, "Lena", "a reason")
    newer = replace(fees, lines=("Other words altogether stand in this edition.",), objectives=("20",))
    shown = page(librarian, bench(site.add(newer, publish=False)))
    assert "accepted · carried from version 1; the words" in claim(shown, "objectives:19").text
    assert "added by a person · carried from version 1" in claim(shown, "objectives:1").text
    assert "were not carried: 1." in shown.select(".looks")[0].text
    past = " | ".join(what_happened(shown))
    assert "Accepted: 19 Migrant and diaspora contributions, carried from version 1" in past
    assert "Not carried from the version before, whose passage is not in this one: Rejected: 20" in past
    assert "Remittances cost too" in past


def test_a_corrected_title_is_said_to_be_encoded_and_a_broken_encoding_to_be_one(
    site: TestSite, librarian: Client, fees: Text
) -> None:
    broken = replace(
        fees, name="broken.txt", lines=("La detenciÃ³n de niÃ±os y niÃ±as cuesta mÃ¡s. " * 9,), language="es"
    )
    number = site.add(broken, publish=False)
    shown = page(librarian, bench(number))
    assert "one encoding and read in another" in shown.select(".looks")[0].text
    assert "encoded again" not in shown.text
    after = sent(librarian, form_to(shown, "/description"), title="A better title")
    assert "encoded again" in page(librarian, after.headers["location"]).text


# --- objectives that lines treat ---

PLAN = Text("plan.txt", "A plan", ("GCM objectives: 13, 19 and 22", "It meets in March."), objectives=("19",))


def test_objectives_that_lines_treat_are_added_at_once(site: TestSite, librarian: Client) -> None:
    number = site.add(replace(PLAN, name=f"plan-{len(site.instance.states())}.txt"), publish=False)
    form = form_to(page(librarian, bench(number)), "/objectives")
    boxes = form.select("input[type=checkbox]")
    assert [(str(box["value"]), box.has_attr("checked")) for box in boxes] == [("13", False), ("22", False)]
    assert form.get_text().count("GCM objectives: 13, 19 and 22") == 2
    nothing = sent(librarian, form)
    assert nothing.status_code == 422
    answer = librarian.post(str(form["action"]), data={"objective": ["13", "22"]})
    assert verdicts(site, number) == [("13", Verdict.ADDED), ("22", Verdict.ADDED)]
    assert "/objectives" not in str(page(librarian, bench(number)).select("form"))  # nothing is left to add
    sent(librarian, form_to(page(librarian, str(answer.headers["location"])), "/undo"))
    assert [verdict for _notation, verdict in verdicts(site, number)[2:]] == [Verdict.WITHDRAWN] * 2


@pytest.mark.parametrize("ticked", [["99"], ["13", "no"], ["x" * 300]])
def test_only_objectives_can_be_ticked(site: TestSite, librarian: Client, ticked: list[str]) -> None:
    number = site.add(replace(PLAN, name=f"plan-{len(site.instance.states())}.txt"), publish=False)
    assert librarian.post(f"{bench(number)}/objectives", data={"objective": ticked}).status_code == 422
    assert verdicts(site, number) == []
