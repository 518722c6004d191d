"""Commands that were carried out, with their results: the answer to a repeat."""

from django.db import models


class CommandResult(models.Model):
    """One row a command: a second submit, a lost reply or a retry is answered from it."""

    actor_id = models.BigIntegerField()
    command_id = models.UUIDField()
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    result = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "command_result"
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "command_id"], name="command_once")
        ]


class PersonSequence(models.Model):
    """The lock that orders the writes about one person, and the number of the last one."""

    person_id = models.BigIntegerField(primary_key=True)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "person_sequence"
