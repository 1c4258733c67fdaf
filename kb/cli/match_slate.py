"""A slate on the command line: who is on it, what balance costs, what could not be kept, who could step in."""

from collections.abc import Sequence
from typing import Any

import click

from kb.experts.expert import Expert
from kb.matching.ranking import Slate

_RULES = {
    "un-and-others": "one of the United Nations and one from elsewhere",
    "gender": "women and men, two fifths each",
    "language": "half speak the language",
    "region": "at most half from one region",
    "not-the-same-few": "at most half who were proposed this month",
}
_NOTHING = 0.00005  # of affinity: what shows as 0.0000


def slate_json(slate: Slate, people: Sequence[tuple[Expert, float]]) -> dict[str, Any]:
    """A slate as JSON: `share` is the part of the affinity of the best without balance that balance costs."""
    named = {expert.id: (place, expert, affinity) for place, (expert, affinity) in enumerate(people, 1)}

    def entry(number: int) -> dict[str, Any]:
        place, expert, affinity = named[number]
        return {"expert": number, "name": expert.name, "rank": place, "score": round(affinity, 4)}

    return {
        "chosen": [
            entry(number) | {"alternates": [entry(other) for other in slate.alternates[number]]}
            for number in slate.chosen
        ],
        "cost": round(slate.cost, 4),
        "share": round(_share(slate, people), 4),
        "costs": {name: round(cost, 4) for name, cost in slate.costs.items()},
        "relaxed": list(slate.relaxed),
        "from": len(people),
    }


def say_slate(slate: Slate, people: Sequence[tuple[Expert, float]]) -> None:
    """The slate in words."""
    names = {expert.id: expert.name for expert, _affinity in people}
    places = {expert.id: place for place, (expert, _affinity) in enumerate(people, 1)}
    click.echo(f"\nA slate of {len(slate.chosen)} from the {len(people)} who come nearest:")
    for number in slate.chosen:
        others = ", ".join(names[other] for other in slate.alternates[number])
        click.echo(f"  {names[number]} (rank {places[number]}){f'; could step in: {others}' if others else ''}")
    if slate.cost > _NOTHING:
        share = f"{_share(slate, people):.1%}"
        click.echo(
            f"Balance costs {slate.cost:.4f} of affinity ({share}). Without one of the rules it would cost less by:"
        )
        for name, cost in slate.costs.items():
            click.echo(f"  {_RULES.get(name, name)}: {cost:.4f}")
    else:
        click.echo("Balance costs nothing: the nearest keep it.")
    for name in slate.relaxed:
        click.echo(f"Could not be kept with these people: {_RULES.get(name, name)}.")


def _share(slate: Slate, people: Sequence[tuple[Expert, float]]) -> float:
    worth = sum(affinity for expert, affinity in people if expert.id in slate.chosen)
    return slate.cost / (worth + slate.cost) if worth + slate.cost > 0 else 0.0
