"""Every write of the courts room."""
