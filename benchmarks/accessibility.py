"""Looks for violations of WCAG 2.2 AA on every page of the site with axe-core, at two widths, in a headless Chromium.

Somebody who holds every role opens all pages of a small site, and sends each form empty, to see what faults look like;
a few pages are opened in the other languages, too. axe-core is not part of this repository; get it with

    npm pack axe-core@4.14.1 && tar xf axe-core-4.14.1.tgz

and give `package/axe.min.js`. What a machine finds is about a third of what the guidelines ask; no violation found is
no proof that there is none. Exit status 1 when there is a violation.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Page as Tab

from kb.accounts.account import Role
from kb.accounts.store import api_tokens, sessions
from tests.support.chromium import HOW_TO_GET, Page, find_chromium, open_chromium, serving
from tests.support.page_walk import furnish, page_paths
from tests.support.site import TestSite, Text, make_site

WIDTHS = (1280, 360)
WAITING = Text("waiting.en.txt", "A report that waits", ("## Consulates", "Mobile consulates renew lost passports."))
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN = """axe.run(document, {runOnly: {type: 'tag', values: %s}, resultTypes: ['violations']}).then(found =>
  found.violations.map(v => [v.id, v.help, v.nodes.map(n => n.target.join(' ') + '  ' + n.html.slice(0, 160))]))"""
_WIDER = """[document.documentElement.scrollWidth - document.documentElement.clientWidth]"""
_FORMS = """[...document.querySelectorAll('form[method=post]')].map(f => f.getAttribute('action') || '')"""
_SEND = """(f => { f.noValidate = true; f.submit(); })(
  [...document.querySelectorAll('form[method=post]')].find(f => (f.getAttribute('action') || '') === %s))"""

_NOT_SENT = ("/sign-out", "/end", "/end-others", "/export", "/erase")  # these end the walk, or give a file


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a page breaks, and where."""

    page: str
    width: int
    rule: str
    help: str
    where: tuple[str, ...]


def scan(page: Page, axe: str, name: str, width: int, tags: tuple[str, ...]) -> list[Violation]:
    """Violations of the page that is open."""
    status = page.run("performance.getEntriesByType('navigation')[0].responseStatus")
    if status >= 500:
        return [Violation(name, width, "broken", f"The page was answered with {status}", ())]
    page.run(axe)
    found = [
        Violation(name, width, rule, told, tuple(nodes))
        for rule, told, nodes in page.run(_RUN % json.dumps(list(tags)))
    ]
    if page.run(_WIDER)[0] > 0:  # 1.4.10; axe does not look for it
        found.append(Violation(name, width, "reflow", "The page scrolls in two directions", ()))
    return found


def _send(action: str, tab: Tab) -> None:
    tab.evaluate(_SEND % json.dumps(action))


def scan_site(site: TestSite, axe: str, only: str, tags: tuple[str, ...]) -> tuple[int, list[Violation]]:
    """Violations of all pages, and how many pages were looked at."""
    token, paths = _prepare(site)
    program = find_chromium()
    if program is None:
        sys.exit(HOW_TO_GET)
    looked, found = 0, []
    with open_chromium(program) as browser, serving(site.app) as origin:
        for width in WIDTHS:
            page, sent = browser.page(width), set[str]()
            page.sign_in(token, origin)
            for path in (path for path in paths if only in path):
                page.go(origin + path)
                found += scan(page, axe, path, width, tags)
                looked += 1
                for action in dict.fromkeys(page.run(_FORMS)):
                    if action in sent or action.endswith(_NOT_SENT):
                        continue
                    sent.add(action)
                    page.go(origin + path)
                    if action not in page.run(_FORMS):  # what was sent before took the form away
                        continue
                    page.wait_for_load(partial(_send, action))
                    found += scan(page, axe, f"{path} (sent {action} empty)", width, tags)
                    looked += 1
            print(f"{width} px: {looked} pages so far", file=sys.stderr)
    return looked, found


def _prepare(site: TestSite) -> tuple[str, list[str]]:
    """The secret of a session, and the pages to look at."""
    person = site.person(*Role, email="all@example.org", name="Sample Person")
    site.person(Role.READER, email="reader@example.org", name="Another Sample")
    with site.instance.database.write() as connection:
        token = sessions.begin(connection, person, "127.0.0.1", "a browser")
        sessions.begin(connection, person, "127.0.0.2", "another browser")
        api_tokens.make(connection, person.actor, person.id, "a program")
    ids, numbers = site.ids, furnish(site, person, WAITING, ("A word on this.", "Another word."))
    shown = (*numbers["number:int"], ids["remittances.pdf"], ids["consulates.ar.txt"])
    paths = page_paths(site.app, {**numbers, "number:int": shown})
    paths += [
        "/search?q=remittances", "/search?q=remittances&country=PER", "/search?q=zzzz", "/search?type=report",
        f"/documents/{ids['remittances.pdf']}?q=fees", "/nowhere", "/welcome?key=wrong", "/es", "/fr",
        "/es/search?q=remesas", f"/fr/documents/{ids['cooperation.fr.txt']}", "/es/account", "/fr/practice",
    ]  # fmt: skip
    return token, [path for path in paths if not path.endswith((".csv", ".docx", "/link"))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("axe", type=Path, metavar="axe.min.js")
    parser.add_argument("--only", default="", metavar="PART", help="pages with this in their address")
    parser.add_argument("--advice", action="store_true", help="axe's best practices too, which are no guidelines")
    options = parser.parse_args()
    tags = (*TAGS, "best-practice") if options.advice else TAGS
    with tempfile.TemporaryDirectory() as folder:
        looked, found = scan_site(make_site(Path(folder)), options.axe.read_text("utf-8"), options.only, tags)
    for violation in found:
        print(f"{violation.width} px  {violation.page}\n  {violation.rule}: {violation.help}")
        for place in violation.where[:5]:
            print(f"    {place}")
    print(f"{looked} pages looked at, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
