"""Facts about the instance itself: its encoder and the revision of what the public sees."""

from sqlalchemy import Connection, delete, insert, select, update

from kb.errors import InstanceError
from kb.store.database import Database
from kb.store.tables.metadata import instance

_ENCODER, _REVISION, _WORKS = "encoder", "revision", "works-encoded"
CODEC = "codec"  # how token vectors are packed; see index.late


def get(connection: Connection, key: str) -> str | None:
    """The value under `key`, None when there is none."""
    return connection.execute(select(instance.c.value).where(instance.c.key == key)).scalar()


def put(connection: Connection, key: str, value: str) -> None:
    """Set the value under `key`."""
    changed = connection.execute(update(instance).where(instance.c.key == key).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(instance).values(key=key, value=value))


def revision(connection: Connection) -> int:
    """How often what the public sees has changed; 0 at the beginning."""
    return int(get(connection, _REVISION) or 0)


def next_revision(connection: Connection) -> int:
    """Count one change of what the public sees."""
    number = revision(connection) + 1
    put(connection, _REVISION, str(number))
    return number


def works_encoded(connection: Connection) -> int:
    """How often vectors of works of experts were stored or dropped; to count these is slow where there are many."""
    return int(get(connection, _WORKS) or 0)


def count_works_encoded(connection: Connection) -> None:
    """Count one change of the vectors of works of experts."""
    put(connection, _WORKS, str(works_encoded(connection) + 1))


def claim_encoder(connection: Connection, identity: str) -> None:
    """Record the encoder the vectors come from; raises InstanceError when it is another one already."""
    known = get(connection, _ENCODER)
    if known is None:
        put(connection, _ENCODER, identity)
    elif known != identity:
        raise encoder_differs(known, identity)


def encoder_of(database: Database) -> str | None:
    """Identity of the encoder the stored vectors come from."""
    with database.read() as connection:
        return encoder(connection)


def encoder(connection: Connection) -> str | None:
    """Identity of the encoder the stored vectors come from, within a transaction."""
    return get(connection, _ENCODER)


def replace_encoder(connection: Connection, identity: str, codec: str | None) -> None:
    """Record another encoder, and how token vectors are packed (None = there are none)."""
    put(connection, _ENCODER, identity)
    connection.execute(delete(instance).where(instance.c.key == CODEC))
    if codec is not None:
        put(connection, CODEC, codec)


def encoder_differs(known: str, identity: str) -> InstanceError:
    return InstanceError(
        f"The vectors of this instance come from the encoder {known}, but the settings name {identity}. "
        "Set KB_ENCODER back, or run 'kb index reencode' to encode everything again."
    )
