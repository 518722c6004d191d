"""Pure values that every room speaks: no Django, no database, no clock but `clock`."""
