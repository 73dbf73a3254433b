"""What a load warned of, and the files that a growing code map lets in again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("loads", sa.Column("files_digest", sa.String(64)))
    op.add_column("loads", sa.Column("warnings", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_loads_files_digest", "loads", ["files_digest"])
