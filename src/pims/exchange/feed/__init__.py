"""What happened, as other agencies are told it: made, put in order, rendered, read."""
