"""What every domain stands on: database, ledger, outbox, access, commands, vault, supervisor."""
