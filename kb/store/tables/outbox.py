"""The table of letters to be sent, and of what became of each."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from kb.store.tables.metadata import metadata
from kb.store.tables.types import Moment

# A letter is written when it is sent, from what is true by then: the row holds numbers alone, no words, no address and
# no secret. `expert` is a number and no foreign key: it stays when the person is erased.
letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic", String(32), nullable=False),
    Column("key", Integer, nullable=False),  # number of what it is about
    Column("account", Integer, ForeignKey("accounts.id")),  # its receiver; else `expert` is
    Column("expert", Integer),
    Column("occasion", String(64)),  # of a reminder: there is one letter an occasion
    Column("created", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Moment, nullable=False),  # when it may be tried next
    Column("ended", Moment),  # when it was sent, given up or not needed any more
    Column("reason", String(200), nullable=False),  # why it could not be sent; never an address
    Column("seen", Moment),  # put away in the inbox
    UniqueConstraint("occasion", name="ux_letters_occasion"),
    Index("ix_letters_state", "state", "due"),
    Index("ix_letters_account", "account"),
    sqlite_autoincrement=True,
)
