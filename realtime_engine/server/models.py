"""What the engine's server keeps in the database: issued ephemeral keys, valid in every process."""

from __future__ import annotations

from django.db import models


class EphemeralKey(models.Model):
    """An issued key: never the key itself, only its SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    session_id = models.CharField(max_length=64)
    dialect = models.CharField(max_length=8)
    # Text, not jsonb: PostgreSQL refuses the NUL and lone surrogates that JSON strings may hold.
    config = models.TextField()
    expires_at = models.BigIntegerField(db_index=True)  # unix seconds

    def __str__(self) -> str:
        return self.session_id
