"""Every write of the sentences room."""
