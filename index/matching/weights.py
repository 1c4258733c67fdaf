"""Every weight of matching in one table, each with where it comes from; whoever ranks people is given it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecondOrderWeights:
    """How the company that texts keep is counted. In a small collection it tells little: see benchmarks/README.md."""

    companions: int = 1_000  # texts of a language that the others are compared with, at most
    directions: int = 128  # of their rows that are kept; as many as there are texts changes nothing
    enough: int = 300  # texts of a language from which on company counts half or more


@dataclass(frozen=True, slots=True)
class MatchingWeights:
    """What each likeness counts, in units of its spread over 580 works and papers of the development half of the gold
    standard of reviewer assignment (Stelmakh et al., 2023, arXiv 2303.16750); the spread on our samples is the same.

    `imagined`: a work in another language shares no words with the request; it is given this part of its likeness in
    meaning instead. The correlation of the two in one language is 0.5; a little more serves requests across languages.

    `fits` is how well the telling words of a request must be answered by words of one work, on average (MaxSim of
    centred tokens of the embedded encoder); below it nobody fits. Of 60 judged requests 3 are below, of 30 off the
    subject 24; chosen on either half it is 0.316 and 0.321, where 7 of the other 60 and 3 of the other 30 were wrong;
    see benchmarks/README.md.
    """

    words: float = 1 / 0.0136
    company: float = 1.0  # see index.matching.second_order: it comes in units of its spread
    whole: float = 0.5 / 0.084
    sentences: float = 0.8 / 0.049
    tokens: float = 0.8 / 0.051
    imagined: float = 0.8 / (0.5 + 0.8)
    concepts: float = 0.2 / 0.187
    best: int = 5  # works of a person that count
    shortlist: int = 40  # people whose works are compared in detail
    in_detail: int = 6  # works of each of them
    sample: int = 24  # works of a language that say how near any of its works is, word by word
    few: int = 20  # works of a language from which on its own mean is trusted more than that of all
    fits: float = 0.31
    fit_people: int = 10  # of whom the best works are looked at
    fit_works: int = 3  # of each of them
    second_order: SecondOrderWeights = SecondOrderWeights()
