"""The command line. It mounts what the rooms offer and translates; it decides nothing."""
