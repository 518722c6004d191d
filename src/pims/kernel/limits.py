"""From when on a date surprises: one place for every limit that no law and no rule sets.

They are ours, chosen so that an ordinary entry is asked nothing and a slip of the keys in a day,
a month or a year is seen. What lies beyond a limit is asked about once more, or alarmed; only a
year or an age that nobody lives in is not taken. A service that has a rule of its own puts it
here.
"""

from datetime import timedelta

YEAR = timedelta(days=365)

# --- Hours of what happened ---
# Two clocks, or a clock and a wrist watch, differ: nothing so little ahead is of the future.
CLOCK_SLACK = timedelta(minutes=2)
# A fact is entered on its day or the day after; later, its date may be mistyped.
ENTERED_LATE = timedelta(hours=24)
# So late that a reception alarms somebody even after it was answered for.
RECEIVED_LONG_AGO = timedelta(days=7)

# --- Days to come. A year keyed wrongly keeps somebody inside as long, with no alarm before ---
# Remands are for weeks: a court names its next day within months.
APPEARANCE_AHEAD = timedelta(days=120)
# The last day of a paper: a sentence may be long, and any other paper is for less.
SENTENCE_AHEAD = 25 * YEAR
OTHER_PAPER_AHEAD = 3 * YEAR
# A night in a district cell, a week in hospital. An escort due next year is overdue to nobody.
ESCORT_BACK_AHEAD = timedelta(days=14)

# --- Papers ---
# Whole years between a warrant's day, or the hour from which it holds, and its receipt.
PAPER_OLD_YEARS = 2
# An order to release is carried out on its day: one keyed or dated earlier may be another's.
ORDER_ENTERED_LATE = timedelta(days=2)
ORDER_DATED_LONG_AGO = timedelta(days=90)

# --- Years that people live in: beyond them is a slip of the keys that nobody can have meant ---
# What happened to somebody who can be on the books.
FIRST_YEAR_OF_FACTS = 1950
# From when a paper can begin to hold somebody, ahead of us too.
FIRST_YEAR_OF_PAPERS, LAST_YEAR_OF_PAPERS = 1900, 2200
# What a page takes for a day at all: beyond them arithmetic runs off the calendar.
FIRST_YEAR_WRITTEN, LAST_YEAR_WRITTEN = 1850, 2400

# --- Ages ---
# Nobody is older: whoever was born before was not, or not then.
OLDEST_ALIVE = 125
# The age said at a gate is a guess: so many whole years off are nothing to ask about.
AGE_SLACK = 5
YOUNGEST_HELD, OLDEST_HELD = 8, 100
