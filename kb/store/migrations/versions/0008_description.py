"""Descriptions, decisions carried on, and vectors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_REFUSAL = "decisions that were carried on are append-only"


def upgrade() -> None:
    op.create_table(
        "encodings_due",
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["document_changes.id"]),
        sa.ForeignKeyConstraint(["document"], ["documents.id"]),
        sa.PrimaryKeyConstraint("document"),
    )
    op.create_table(
        "carried_decisions",
        sa.Column("decision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supported", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["tag_decisions.id"]),
        sa.ForeignKeyConstraint(["source"], ["tag_decisions.id"]),
        sa.PrimaryKeyConstraint("decision"),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """Let the database itself keep where decisions came from."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER carried_decisions_no_{event.lower()} BEFORE {event} ON carried_decisions "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION carried_decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER carried_decisions_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON carried_decisions "
            "FOR EACH STATEMENT EXECUTE FUNCTION carried_decisions_refuse()"
        )
