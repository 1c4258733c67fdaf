"""Every weight of search in one table, each with where it comes from; whoever ranks is given it.

Measured in November 2026 with multilingual-e5-small (4 bits) on two development sets: 600 Spanish questions on 979
Spanish passages, 400 English questions on 120 Spanish passages. Where two figures of nDCG@10 stand they are of these.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldBoosts:
    """What a word of a question counts in title and headings, as it is spelled, and as a neighbour by one edit.

    Its stem in the text of a passage counts 1; `equivalent` is what another form of a term counts.
    """

    context: float = 0.5
    exact: float = 0.3
    fuzzy: float = 0.5
    equivalent: float = 1.0


@dataclass(frozen=True, slots=True)
class Floors:
    """What belongs to an answer, decided for each passage by itself, so that filters take away exactly what they say.

    A passage does that is this far above what the question has with passages in general (2 % of them are), or covers
    this share of the question's words; and the best few always.
    """

    deviation: float = 2.0
    share: float = 0.35
    always: int = 10


@dataclass(frozen=True, slots=True)
class SupportWeights:
    """What is looked at to say whether a question is answered; see index.search.answerability."""

    absent_country: float = 2.0  # taken off where none of the best is about, or names, the country that is asked of
    spoken: float = 0.05  # share of passages from which a library speaks a language
    candidates: int = 8  # looked at
    answered: float = 0.5  # similarity from which a word counts as answered
    clearly: float = 0.05  # above the background's similarity
    most_units: int = 8


@dataclass(frozen=True, slots=True)
class SearchWeights:
    """The constants of ranking.

    A dense score is a deviation above the question's mean similarity (see index.search.similarity_statistics); a
    lexical score is the share of the question's rarity that a passage covers (see index.search.lexical). A question in
    another language covers little, so its lexical arm weighs little without anybody having to guess languages: with
    `power` 1.5 and `lexical` from 8 to 14, nDCG@10 of the fusion is 0.853-0.856 and 0.945-0.948; the best arms alone
    have 0.807 and 0.944. A `power` of 1 falls to 0.938 on the second set at `lexical` 14.
    """

    lexical: float = 12.0
    power: float = 1.5
    # Weight of MaxSim (a mean cosine of centred tokens): from 40 to 60 nDCG@10 is 0.875-0.879 and 0.972-0.975.
    late: float = 50.0
    # What it is worth that a document is about an objective, or a country, that the question names.
    objective: float = 6.0
    country: float = 2.0
    listing: float = 8.0  # that a passage lists the numbers which the question lists: more than any of these
    # That it is an invented example. Of 100 questions over the starter corpus 98 have a right text among the first five
    # from 0 to -8; an invented one comes first for 5, 3, 1 and none of them at 0, -2, -5 and -8.
    sample: float = -5.0
    # What a token of a common word (of, what, the) counts in MaxSim, beside 1 for the others. All alike gives nDCG@10
    # 0.870 and 0.972, any value from 0.2 to 0.5 gives 0.876 and 0.974.
    common_word: float = 0.4
    depth: int = 1_000  # passages each arm may contribute
    candidates: int = 50  # that are compared token by token
    boosts: FieldBoosts = FieldBoosts()
    floors: Floors = Floors()
    support: SupportWeights = SupportWeights()
