"""From the image of a finger to its template."""
