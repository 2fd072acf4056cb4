"""The newest migration; a database that says otherwise is migrated, or refused where it is newer."""

REVISION = "0005"
