"""`pims check events` says what events came to, and fails where one comes to nothing."""

import json

from typer.testing import CliRunner

from pims.cli.check import app
from pims.foundation.outbox.models import ParkedEvent
from pims.foundation.outbox.tests.conftest import Feed, feed, outbox_database
from pims.kernel import clock

__all__ = ["feed", "outbox_database"]


def test_what_is_stuck_is_shown_until_it_is_handled(feed: Feed) -> None:
    feed.put(41, 42)
    ParkedEvent.objects.create(
        subscriber="assurance.facts", position=1, lane="person:41", attempts=3,
        error="KeyError: 'bail'", retry_at=clock.now(),
    )  # fmt: skip
    shown = CliRunner().invoke(app, ["events"])
    assert shown.exit_code == 1
    told = json.loads(CliRunner().invoke(app, ["events", "--json"]).stdout)
    assert told["health"]["failing"] == 1
    (one,) = told["stuck"]
    assert (one["lane"], one["kind"], one["attempts"]) == ("person:41", "custody.placed", 3)
    ParkedEvent.objects.all().delete()
    assert CliRunner().invoke(app, ["events"]).exit_code == 0
