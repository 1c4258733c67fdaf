"""The words of the form and of the Word template of a practice, in the languages of the interface."""

from dataclasses import dataclass
from functools import cache

from kb.documents.practice import Field, Question
from kb.i18n.catalogue import _, say


@dataclass(frozen=True, slots=True)
class FieldWording:
    """How a field is asked for: its label, what to write, and the question that is put when it is empty."""

    label: str
    hint: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one language."""

    heading: str
    opening: str
    about: str  # heading over the short fields
    mark: str  # what to do in the table of principles
    fields: dict[Field, FieldWording]
    principles: dict[str, str]  # by notation
    questions: dict[Question, str]


_ENGLISH = Words(
    heading=_("A practice for the Global Compact for Migration"),
    opening=_(
        "Write into the empty cells and under the headings, save the file, and send it in on the site. "
        "Leave the headings as they are: they tell what is what. What you leave empty you will be asked for."
    ),
    about=_("About the practice"),
    mark=_("Put an x beside each principle that the practice shows, or say in a sentence how."),
    fields={
        Field.TITLE: FieldWording(_("Title of the practice"), "", _("What is the practice called?")),
        Field.IMPLEMENTER: FieldWording(
            _("Main implementer"), _("The institution that carries it out."), _("Who carries it out?")
        ),
        Field.PARTNERS: FieldWording(_("Partners"), _("Others who take part.")),
        Field.FOCAL_POINT: FieldWording(
            _("Focal point of the implementer"),
            _("Name and e-mail address. They are not published; those who review the practice see them."),
            _("Who at the main implementer can be asked about it?"),
        ),
        Field.COUNTRIES: FieldWording(_("Countries"), _("Where it is carried out.")),
        Field.BEGIN: FieldWording(
            _("Beginning"), _("Year, or year and month: 2021 or 2021-05."), _("When did it begin?")
        ),
        Field.END: FieldWording(_("End"), _("Empty if it goes on.")),
        Field.STAGE: FieldWording(_("How far it is carried out"), _("Fully, mostly, in part, or only planned.")),
        Field.OBJECTIVES: FieldWording(
            _("Objectives of the Compact"),
            _("Their numbers, the most important first: 13, 7."),
            _("Which objectives of the Compact does it serve?"),
        ),
        Field.PRINCIPLES: FieldWording(
            _("Guiding principles"), _("Those the practice shows."), _("Which guiding principles does it show?")
        ),
        Field.SUMMARY: FieldWording(
            _("What was done"), _("In a few sentences: what, for whom, how."), _("What exactly was done?")
        ),
        Field.CONTEXT: FieldWording(
            _("Context"),
            _("The situation before, and why something had to be done."),
            _("What was the situation before?"),
        ),
        Field.CHALLENGES: FieldWording(
            _("Challenges"), _("What stood in the way, and what was done about it."), _("What stood in the way?")
        ),
        Field.RESULTS: FieldWording(
            _("Results"), _("What changed, with figures where there are any, and how it is known."), _("What changed?")
        ),
        Field.REASONS: FieldWording(
            _("Why it worked"), _("What it would not have worked without."), _("Why did it work?")
        ),
        Field.REPLICABLE: FieldWording(
            _("What makes it replicable"),
            _("What others need in order to do the same, and what they would have to change."),
            _("What would others need in order to do the same?"),
        ),
        Field.SOURCES: FieldWording(_("Sources"), _("Reports, evaluations, addresses of pages.")),
    },
    principles={
        "people-centred": _("People-centred"),
        "international-cooperation": _("International cooperation"),
        "national-sovereignty": _("National sovereignty"),
        "rule-of-law-and-due-process": _("Rule of law and due process"),
        "sustainable-development": _("Sustainable development"),
        "human-rights": _("Human rights"),
        "gender-responsive": _("Gender-responsive"),
        "child-sensitive": _("Child-sensitive"),
        "whole-of-government": _("Whole-of-government"),
        "whole-of-society": _("Whole-of-society"),
    },
    questions={
        Question.OLD: _("It ended before December 2018, when the Compact was adopted. Is there anything newer to tell?")
    },
)


@cache
def wording(language: str) -> Words:
    """The words in a language of the interface."""
    fields = {
        field: FieldWording(say(language, each.label), say(language, each.hint), say(language, each.question))
        for field, each in _ENGLISH.fields.items()
    }
    return Words(
        heading=say(language, _ENGLISH.heading),
        opening=say(language, _ENGLISH.opening),
        about=say(language, _ENGLISH.about),
        mark=say(language, _ENGLISH.mark),
        fields=fields,
        principles={notation: say(language, label) for notation, label in _ENGLISH.principles.items()},
        questions={asked: say(language, text) for asked, text in _ENGLISH.questions.items()},
    )


def question(asked: Field | Question, language: str) -> str:
    """A question in a language of the interface."""
    spoken = wording(language)
    return spoken.fields[asked].question if isinstance(asked, Field) else spoken.questions[asked]
