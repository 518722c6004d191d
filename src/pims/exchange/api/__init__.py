"""What agencies call: a process of its own, with a database role of its own and no page in it."""
