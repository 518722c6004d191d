"""What papers of courts say and contradict, and the days spent in custody. Pure."""
