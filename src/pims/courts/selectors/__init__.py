"""Every read of the courts room."""
