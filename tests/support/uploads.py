"""A worker for tests: it reads files as always, and describes and stores them without a model and without tags."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO

from ingest.pipeline import DocumentTagger, Tools
from ingest.readers.sandbox import Limits, Sandbox
from ingest.uploads import Intake, Upload, receive
from ingest.worker import Worker
from kb.accounts.account import Account, Role
from kb.documents.models import Description, Document, EncodedPassages, Passage, Tag, TaggedPassage
from kb.jobs.job import Job, JobFilter, JobWishes
from kb.jobs.store import queue
from tests.support.documents import Instance
from tests.support.site import taxonomy

SENDER = Account(7, "sample@example.org", "Sample", "en", (Role.CONTRIBUTOR,))


class NoTags:
    """A tagger that finds nothing."""

    def tag_document(
        self, document: Document, description: Description, cut: Sequence[Passage], encoded: EncodedPassages
    ) -> tuple[tuple[TaggedPassage, ...], tuple[Tag, ...]]:
        return tuple(TaggedPassage(passage, ()) for passage in cut), ()


def tools_of(instance: Instance, tagger: DocumentTagger | None = None) -> Callable[[], AbstractContextManager[Tools]]:
    """What a worker opens for its first job."""

    @contextmanager
    def opened() -> Iterator[Tools]:
        with Sandbox(Limits(seconds=20)) as sandbox:
            yield Tools(instance.database, instance.home, sandbox, instance.encoding, tagger or NoTags(), taxonomy())

    return opened


def worker_of(instance: Instance, tagger: DocumentTagger | None = None) -> Worker:
    return Worker(instance.database, instance.home, tools_of(instance, tagger))


def work(worker: Worker) -> None:
    """Until there is nothing to do."""
    while worker.work_once():
        pass


def send(instance: Instance, *files: tuple[str, bytes], account: Account = SENDER) -> str:
    """Send files in, as the site does."""
    desk = Intake(instance.database, instance.home, 50)
    return receive(desk, account.actor, [Upload(name, BytesIO(data)) for name, data in files], JobWishes())


def all_jobs(instance: Instance) -> dict[str, Job]:
    """Every job by the name of its file, the last of a name."""
    with instance.database.read() as connection:
        return {job.name: job for job in reversed(queue.list_jobs(connection, JobFilter(limit=10_000)))}
