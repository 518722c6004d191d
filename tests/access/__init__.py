"""Access and sign-in across the whole site."""
