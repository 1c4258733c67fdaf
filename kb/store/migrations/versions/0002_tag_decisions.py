"""Decisions about tags, and what was learnt from them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_REFUSAL = "decisions about tags are append-only"


def upgrade() -> None:
    op.create_table(
        "tag_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=True),
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("notation", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.ForeignKeyConstraint(["passage"], ["passages.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tag_decisions_document", "tag_decisions", ["document"], unique=False)
    op.create_table(
        "tag_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["previous"], ["tag_models.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """Let the database itself keep the history of decisions."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tag_decisions_no_{event.lower()} BEFORE {event} ON tag_decisions "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION tag_decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER tag_decisions_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON tag_decisions "
            "FOR EACH STATEMENT EXECUTE FUNCTION tag_decisions_refuse()"
        )
