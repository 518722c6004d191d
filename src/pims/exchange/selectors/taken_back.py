"""Whether those who were told something wrong know by now that it was."""

from django.db import connection

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held

VIEW = "exchange.view"
# As long as the feed is kept.
LOOKED_BACK_DAYS = 90

# A message that takes one back is due to whoever that one was: the database judges it alike. It is
# known there once the agency keeps the feed up to it, or took it where it is pushed to.
_UNKNOWN = """
SELECT agreement.id, count(*)
FROM exchange_published place
JOIN exchange_message message ON message.id = place.message_id AND message.retracts_id IS NOT NULL
CROSS JOIN exchange_agreement agreement
JOIN exchange_agency agency ON agency.id = agreement.agency_id AND agency.state <> 'ended'
JOIN exchange_agreement_version version
  ON version.agreement_id = agreement.id AND version.state = 'active'
 AND version.starts_at <= clock_timestamp() AND clock_timestamp() < version.ends_at
LEFT JOIN exchange_cursor cursor ON cursor.agreement_id = agreement.id
WHERE place.published_at > clock_timestamp() - make_interval(days => %s)
  AND place.published_at >= (
      SELECT min(one.starts_at) FROM exchange_agreement_version one
      WHERE one.agreement_id = agreement.id AND one.state IN ('active', 'superseded'))
  AND place.position > coalesce(cursor.position, 0)
  AND NOT EXISTS (
      SELECT FROM exchange_delivery delivery
      JOIN exchange_endpoint endpoint ON endpoint.id = delivery.endpoint_id
      WHERE endpoint.agreement_id = agreement.id AND delivery.state = 'delivered'
        AND delivery.position = place.position)
  AND exchange_message_agreed(
      CASE WHEN agency.sandbox THEN exchange_tried_out(version.terms) ELSE version.terms END,
      message.judged_as::text, message.facets_before::text[], message.facets_after::text[],
      message.labels::text[] || message.labels_now::text[])
GROUP BY agreement.id
"""


def not_known_yet(viewer: Actor) -> dict[int, int]:
    """Agreement -> how many messages that take an earlier one back its agency has neither
    acknowledged nor taken; absent where it knows of all. One query. Raises NotPermitted."""
    require_held(viewer, VIEW)
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, [LOOKED_BACK_DAYS])
        return {int(agreement): int(count) for agreement, count in cursor.fetchall()}
