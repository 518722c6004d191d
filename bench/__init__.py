"""How fast PIMS is, each measure beside its floor or a rival in the same run."""
