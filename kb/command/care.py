"""Commands for the care of an instance: its settings."""

import argparse
import os

from kb import config, terminal
from kb.command import assembly


def settings(options: argparse.Namespace) -> int:
    lines = config.lines(assembly.settings(), os.environ)
    if options.json:
        terminal.print_json([{"setting": s.variable, "value": s.value, "from": s.origin} for s in lines])
        return 0
    for line in lines:
        print(f"{line.variable:<18} {line.value or '(empty)':<32} {line.origin:<12} {line.description}")
    return 0
