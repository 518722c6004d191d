"""Law and code tables as data: one folder a jurisdiction, each rule with its citation,
its confidence and who signed it off. Nothing here knows Django."""
