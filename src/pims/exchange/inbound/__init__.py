"""What comes in from other agencies: kept, judged, matched, put before an officer, applied once."""
