"""Every error a user can cause or mend, each with the sentence that tells what to do."""

from enum import StrEnum


class KbError(Exception):
    """Base of all errors shown to a user. The message is a full sentence that says what to do.

    `exit_status` is the exit status of the command line (docs/reference/commands.md), `status` the HTTP status.
    """

    exit_status = 3
    status = 500


class UsageError(KbError):
    """The command, setting or question cannot be understood as given."""

    exit_status = 2
    status = 400


class NotFoundError(KbError):
    """The thing asked for does not exist, or is not for the person who asks."""

    exit_status = 2
    status = 404


class ForbiddenError(KbError):
    """The person may not do this. Answered like what does not exist, so that nothing is told about what there is."""

    exit_status = 2
    status = 404


class RefusedError(UsageError):
    """A step is refused. `code` says why: one of the refusals of its feature, an enum beside its rules."""

    def __init__(self, code: StrEnum, message: str) -> None:
        super().__init__(message)
        self.code = code


class BusyError(KbError):
    """Too much of a costly kind is being done at once; worth trying again in a moment."""

    exit_status = 1
    status = 503
    retry_seconds = 5


class InstanceError(KbError):
    """Settings, disk or stored data do not allow to work; the message names the command that mends it."""

    exit_status = 3
    status = 503
