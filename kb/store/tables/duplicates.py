"""The tables that tell likenesses: what is noted of each document to find them, and what was found."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# What is noted of a document to find others like it. `gist` is the mean of its passages' vectors, little-endian
# float16, as the encoder named here gave them; `examined` once the document was compared with all others.
sketches = Table(
    "sketches",
    metadata,
    Column("document", Integer, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("prints", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("gist", LargeBinary, nullable=False),
    Column("encoder", Text, nullable=False),
    Column("examined", Boolean, nullable=False),
)

# Which documents hold a run of words, by the hash of the run (see ingest.duplicates.fingerprints).
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("value", BigInteger, primary_key=True, autoincrement=False),
    Column("document", Integer, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

likenesses = Table(
    "likenesses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document", Integer, ForeignKey("documents.id"), nullable=False),
    Column("other", Integer, ForeignKey("documents.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("score", Float, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("found", Moment, nullable=False),
    Column("decided", Moment),
    Column("account", Integer),  # who decided; no foreign key: a decision outlives the account
    Unique("document", "other", name="ux_likenesses_pair"),
    Index("ix_likenesses_other", "other"),
    Index("ix_likenesses_standing", "standing"),
    sqlite_autoincrement=True,
)
