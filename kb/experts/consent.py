"""How consent is given: from which day, and for how long."""

from collections.abc import Iterable
from datetime import date

from kb.experts.expert import Consent, ConsentUse

YEARS = 2  # a consent lasts


def agree(uses: Iterable[str], before: Consent, today: date, *, renewed: bool = False) -> Consent:
    """What is agreed to from today on; nothing is when no use is chosen.

    Saving the same uses again leaves the time they hold as it is, unless they are `renewed` or it has run out.
    """
    agreed = frozenset(ConsentUse(use) for use in uses if use in list(ConsentUse))
    if not agreed:
        return Consent()
    lasts = before.expires is None or today < before.expires
    kept = not renewed and agreed == before.uses and lasts
    given = before.given if kept and before.given else today
    return Consent(agreed, given, given.replace(year=given.year + YEARS, day=min(given.day, 28)))
