"""The decisions of custody as pure functions: no database, no clock, no words."""
