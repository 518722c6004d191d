"""The papers of the courts room: the production list of a court, time in custody by charge."""
