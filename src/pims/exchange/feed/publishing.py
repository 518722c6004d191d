"""Giving messages their place in the feed: from 1, without gaps, in the order of their commits.

There is one writer at a time. Whoever publishes holds a lock until its transaction ends, so that a
position is seen by nobody before every earlier one is: no cursor skips a late commit.
"""

from collections.abc import Collection

from django.db import connection, transaction

from pims.kernel import clock

_LOCK = 0x50494D53_5055
# Whoever pushes messages listens here; the payload is the newest position.
CHANNEL = "pims_exchange"

_PUBLISH = """
INSERT INTO exchange_published (position, message_id, published_at)
SELECT coalesce((SELECT max(position) FROM exchange_published), 0)
       + row_number() OVER (ORDER BY message.event_position, message.id),
       message.id, %s
FROM exchange_message message
WHERE message.id = ANY(%s) AND message.state = 'ready'
  AND NOT EXISTS (SELECT FROM exchange_published there WHERE there.message_id = message.id)
RETURNING position
"""


def publish(message_ids: Collection[int]) -> list[int]:
    """Give these messages their positions, in the caller's transaction; the positions given.

    A message that is held, withdrawn or published already is passed over. Call it last: nobody
    else publishes until the transaction ends.
    """
    if not message_ids:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_PUBLISH, [clock.now(), sorted(message_ids)])
        positions = sorted(int(row[0]) for row in cursor.fetchall())
        if positions:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(positions[-1])])
    return positions
