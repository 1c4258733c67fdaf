"""Letters beside the site and the worker, and the command that writes reminders."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import click

from kb.cli import bootstrap, terminal
from kb.cli.parameters import json_option

_log = logging.getLogger(__name__)
_LOOKS = 2.0  # seconds between two looks for letters
_AFTER_FAILURE = 60.0  # seconds until the mail server is tried again


@click.command()
@json_option
def remind(as_json: bool) -> int:
    """Write the reminders that are due, each once.

    A consent that runs out within 30 days, a review due within 2 days or late, a request needed within 7 days or late,
    an invitation with 3 days left to answer. `kb serve`, and `kb worker` without `--idle`, do it once a day, and send
    them.
    """
    from kb.clock import now
    from kb.notifications.store import reminders

    instance = bootstrap.open_instance()
    with instance.database.write() as connection:
        written = reminders.write(connection, now().date())
    if as_json:
        fields = ("topic", "key", "account", "expert", "day")
        found = [{name: getattr(each, name) for name in fields} | {"day": each.day.isoformat()} for each in written]
        terminal.print_json(found)
        return 0
    for each in written:
        to = f"account {each.account}" if each.account is not None else f"expert {each.expert}"
        click.echo(f"{each.day}  {each.topic.value:<16} {each.key:>6}  to {to}")
    _log.info(f"{len(written)} reminders were due and are written.")
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
                _log.error("a round of letters broke off", exc_info=error)
            held = "a round broke off" if error is not None else future.result()
            if held and held != told:
                _log.warning(f"letters wait: {held}. See 'kb doctor'.")
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
