"""How messages are shown: what the rooms log goes to standard error, as plain sentences."""

import logging

import click

ROOMS = ("kb", "ingest", "index", "web")  # what libraries log is their own affair


class _ToStandardError(logging.Handler):
    """Writes to what standard error is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


class _Plain(logging.Formatter):
    """A message as it is; a warning or an error says whose it is."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        return f"kb: {said}" if record.levelno >= logging.WARNING else said


def show(level: str = "INFO") -> None:
    """Show messages of this level and above; asked again it changes the level."""
    handler = _ToStandardError()
    handler.setFormatter(_Plain())
    for room in ROOMS:
        logger = logging.getLogger(room)
        logger.handlers = [handler]
        logger.setLevel(level)
