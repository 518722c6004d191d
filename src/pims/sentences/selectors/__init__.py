"""Every read of the sentences room."""
