"""Experts' files and names of organisations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("experts", sa.Column("owned", sa.DateTime(timezone=True), nullable=True))
    # Whoever consented, or registered, looks after their own profile.
    op.execute(
        "UPDATE experts SET owned = changed WHERE NOT sample AND (code LIKE 'account-%' OR id IN "
        "(SELECT expert FROM expert_contacts WHERE digest IS NULL AND account IS NOT NULL))"
    )
    op.add_column("expert_works", sa.Column("file", sa.Integer(), nullable=True))
    op.add_column("expert_works", sa.Column("request", sa.Integer(), nullable=True))
    op.add_column("expert_works", sa.Column("shown", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "expert_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_expert_files_expert", "expert_files", ["expert"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
