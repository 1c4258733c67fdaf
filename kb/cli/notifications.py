"""Letters beside the site and the worker, and the command that writes reminders."""

import argparse
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

from kb.cli import bootstrap, terminal

_LOOKS = 2.0  # seconds between two looks for letters
_AFTER_FAILURE = 60.0  # seconds until the mail server is tried again


def remind(options: argparse.Namespace) -> int:
    from kb.clock import now
    from kb.notifications.store import reminders

    instance = bootstrap.open_instance()
    with instance.database.write() as connection:
        written = reminders.write(connection, now().date())
    if options.json:
        fields = ("topic", "key", "account", "expert", "day")
        found = [{name: getattr(each, name) for name in fields} | {"day": each.day.isoformat()} for each in written]
        terminal.print_json(found)
        return 0
    for each in written:
        to = f"account {each.account}" if each.account is not None else f"expert {each.expert}"
        print(f"{each.day}  {each.topic.value:<16} {each.key:>6}  to {to}")
    print(f"{len(written)} reminders were due and are written.", file=sys.stderr)
    return 0


def keep_posting(instance: bootstrap.Instance, ended: threading.Event) -> None:
    """Send letters as they come, and write reminders once a day, until `ended`.

    Whatever a round breaks off over is told, and the next is tried after a pause; the site goes on without it.
    """
    pause, told = 0.0, ""
    with ThreadPoolExecutor(1) as pool:
        while not ended.wait(pause):
            future = pool.submit(_round, instance)
            error = future.exception()
            if error is not None:
                traceback.print_exception(error, file=sys.stderr)
            held = "a round broke off" if error is not None else future.result()
            if held and held != told:
                print(f"kb: letters wait: {held}. See 'kb doctor'.", file=sys.stderr)
            pause, told = (_AFTER_FAILURE if held else _LOOKS), held


def _round(instance: bootstrap.Instance) -> str:
    """What keeps letters from going out; "" when nothing does."""
    from kb.mail.store import outbox
    from kb.notifications.store import reminders

    reminders.daily(instance.database)
    with instance.database.read() as connection:
        if not outbox.pending(connection):
            return ""
    # The words of letters are those of the pages, which a worker that has nothing to send need not load.
    from web.i18n.locales import load_interfaces
    from web.notifications.delivery import deliver

    return deliver(instance.settings, instance.database, load_interfaces()).held
