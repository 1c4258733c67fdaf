"""The page that says how well search works here, as it was last measured."""

from collections.abc import Iterable
from dataclasses import dataclass

from babel.numbers import format_percent
from starlette.responses import Response

from kb.i18n.catalogue import _
from kb.search.quality import ALL, OTHER, SAME, Arm, Measurement, Miss, Share, Slice
from kb.search.store import quality as measurements
from web.http.context import Context, RequestContext
from web.i18n.locales import Interface, direction

COMMAND = "kb eval quality"  # what measures an instance
_WEAKER = 0.1  # so much less often right first than all together, and a language is named as weak
_ARMS = {
    "final": _("As it is shown"),
    "lexical": _("By words alone"),
    "dense": _("By meaning alone"),
    "fused": _("Words and meaning joined"),
    "late": _("Word by word, among the fifty best of those"),
}
_GROUPS = {
    ALL: _("All questions"),
    SAME: _("A text that answers is there in the language of the question"),
    OTHER: _("The texts that answer are in other languages only"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A share as the page shows it. `counted` says it in questions; empty `percent` means that there is none."""

    percent: str = ""
    between: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table by language. `group` is true for lines that are no single language."""

    name: str
    first: Figure
    among: Figure
    refused: Figure
    told: Figure
    group: bool


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One line of the table of ways of searching."""

    name: str
    first: Figure
    among: Figure
    won: int | None  # questions that the page answers earlier than this way by itself; None for the page itself
    lost: int | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A question that went wrong, as the page lists it."""

    miss: Miss
    language_name: str
    direction: str


@dataclass(frozen=True, slots=True)
class QualityView:
    """What the page shows; without a measurement, how to make one."""

    measured: Measurement | None
    command: str
    changed: bool = False
    date: str = ""
    rows: tuple[Row, ...] = ()
    arms: tuple[ArmRow, ...] = ()
    weak: tuple[str, ...] = ()  # languages that find less, with their counts
    untold: int = 0
    overall: Slice | None = None
    missed: tuple[Wrong, ...] = ()
    answered_wrongly: tuple[Wrong, ...] = ()


def quality(context: Context) -> Response:
    """How well search works here."""
    measured, revision = measurements.last(context.site.database)
    if measured is None:
        return context.page("library/quality.html", QualityView(None, COMMAND))
    return context.page("library/quality.html", _view(context, measured, revision))


def _view(context: RequestContext, measured: Measurement, revision: int) -> QualityView:
    ui = context.interface
    overall = measured.slice(ALL)
    wrong = [Wrong(miss, ui.language(miss.language), direction(miss.language)) for miss in measured.missed]
    return QualityView(
        measured,
        COMMAND,
        changed=revision != measured.revision,
        date=ui.date(measured.date),
        rows=tuple(_row(one, ui) for one in measured.slices if one.first.of or one.told.of),
        arms=tuple(_arm(one, ui) for one in measured.arms if one.name in _ARMS),
        weak=tuple(_weak(measured, ui)),
        untold=overall.told.of - overall.told.count if overall else 0,
        overall=overall,
        missed=tuple(one for one in wrong if one.miss.expected),
        answered_wrongly=tuple(one for one in wrong if not one.miss.expected),
    )


def _row(one: Slice, ui: Interface) -> Row:
    group = one.name in _GROUPS
    name = ui.say(_GROUPS[one.name]) if group else _capital(ui.language(one.name))
    first, among, refused, told = (_figure(share, ui) for share in (one.first, one.among, one.refused, one.told))
    return Row(name, first, among, refused, told, group)


def _arm(one: Arm, ui: Interface) -> ArmRow:
    beside = one.name != "final"
    figures = _figure(one.first, ui), _figure(one.among, ui)
    return ArmRow(ui.say(_ARMS[one.name]), *figures, one.won if beside else None, one.lost if beside else None)


def _figure(share: Share, ui: Interface) -> Figure:
    if not share.of:
        return Figure()
    low, high = (_percent(value, ui) for value in (share.low, share.high))
    counted = ui.say(_("%(count)s of %(of)s")) % {"count": ui.number(share.count), "of": ui.number(share.of)}
    return Figure(_percent(share.share, ui), ui.say(_("%(low)s to %(high)s")) % {"low": low, "high": high}, counted)


def _weak(measured: Measurement, ui: Interface) -> Iterable[str]:
    """Languages that find what answers first clearly less often than all questions together, worst first."""
    overall = measured.slice(ALL)
    if overall is None:
        return
    languages = [one for one in measured.slices if one.name not in _GROUPS and one.first.of]
    for one in sorted(languages, key=lambda one: one.first.share):
        if one.first.share <= overall.first.share - _WEAKER:
            counted = ui.say(_("%(count)s of %(of)s")) % {"count": one.first.count, "of": one.first.of}
            yield f"{ui.language(one.name)} ({counted})"


def _percent(value: float, ui: Interface) -> str:
    return str(format_percent(value, locale=ui.locale))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
