"""Messages pushed to other agencies as they happen; the feed that they can ask for is the truth."""
