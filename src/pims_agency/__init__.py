"""Three agencies to talk to: a police desk, a court registry, an observatory.

Each is a small program with its own store, and knows of PIMS what `pims_client` gives it: the
public calls, the feed, what is pushed. They serve the demonstration, and whoever connects an agency
may begin with a copy of one. Pages are for this machine alone: nobody signs in to them.
"""
