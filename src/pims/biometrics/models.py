"""Fingerprints and faces: what was taken of whom, what was looked for, and who decided.

Images are encrypted files of the vault; templates and descriptors are sealed for their own column
under the person's key and stand in no history. A finger or a face has a UUID, known before it is
sealed. Outside of this database a person is `Subject.key` and nothing else.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded, recorded_without

FIRST_POSITION, LAST_POSITION = 1, 10


class Subject(models.Model):
    """The name by which the gallery knows a record; it says nothing about anybody."""

    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        db_table = "biometrics_subject"


@recorded
class Enrolment(models.Model):
    """One taking of fingerprints and face. `episode_id` is the custody in which it was made.

    `reason` says why there is no usable finger: a state of its own, never a dead end.
    """

    class State(models.TextChoices):
        OPEN = "open"
        COMPLETE = "complete"
        NO_USABLE_FINGER = "no_usable_finger"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode_id = models.BigIntegerField(null=True)
    establishment = models.ForeignKey(
        "facilities.Establishment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_enrolment"
        indexes: ClassVar = [models.Index(fields=["person"], name="enrolment_of")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="open"), name="one_open_enrolment_a_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="no_usable_finger") | ~Q(reason=""),
                name="no_usable_finger_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True)
                | (~Q(state="open") & Q(finished_at__gte=F("started_at"))),
                name="enrolment_finished_in_order",
            ),
        ]


@recorded_without("template")
class FingerRecord(models.Model):
    """One finger as it was at one enrolment: an impression, or why there is none.

    `quality` is NFIQ 2, 0 to 100, None where it was not computed. The newest of a position is the
    one in effect; the one before it has `superseded_at`. `doubt` is what the sequence check saw:
    the same finger again, or one that is known under another position (`doubt_position`).
    """

    class State(models.TextChoices):
        PRESENT = "present"
        MISSING = "missing"
        BANDAGED = "bandaged"
        AMPUTATED = "amputated"
        REFUSED = "refused"
        UNREADABLE = "unreadable"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="fingers")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PRESENT)
    reason = models.CharField(max_length=300, blank=True)
    image = models.ForeignKey(
        "vault.Blob",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="image_blob_id",
    )
    template = models.BinaryField(null=True)
    minutiae = models.PositiveSmallIntegerField(null=True)
    quality = models.PositiveSmallIntegerField(null=True)
    engine = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=20, blank=True)
    doubt = models.CharField(max_length=20, blank=True)
    doubt_position = models.PositiveSmallIntegerField(null=True)
    taken_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_finger"
        indexes: ClassVar = [
            models.Index(fields=["person", "position", "-taken_at"], name="finger_newest")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "position"],
                condition=Q(superseded_at__isnull=True),
                name="one_finger_a_position",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=FIRST_POSITION, position__lte=LAST_POSITION),
                name="finger_is_one_of_ten",
            ),
            models.CheckConstraint(
                condition=Q(state="present", template__isnull=False)
                | (~Q(state="present") & Q(template__isnull=True)),
                name="a_present_finger_has_a_template",
            ),
            models.CheckConstraint(
                condition=Q(state="present") | ~Q(reason=""), name="an_absent_finger_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(quality__isnull=True) | Q(quality__lte=100),
                name="finger_quality_in_range",
            ),
        ]


@recorded_without("descriptor")
class FaceRecord(models.Model):
    """One face: a second opinion. `quality` from 0 to 100, as the face engine rates it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    enrolment = models.ForeignKey(
        Enrolment, null=True, on_delete=models.PROTECT, related_name="faces"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(
        "vault.Blob", on_delete=models.PROTECT, related_name="+", db_column="image_blob_id"
    )
    descriptor = models.BinaryField()
    quality = models.PositiveSmallIntegerField(null=True)
    engine = models.CharField(max_length=60)
    taken_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_face"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(superseded_at__isnull=True), name="one_face_a_person"
            ),
            models.CheckConstraint(
                condition=Q(quality__isnull=True) | Q(quality__lte=100),
                name="face_quality_in_range",
            ),
        ]


class Sweep(models.Model):
    """The whole gallery against itself. `done_upto` is the last subject that was compared: one
    that was stopped goes on from there."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"

    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    done_upto = models.BigIntegerField(default=0)
    last_subject = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    threshold = models.FloatField()
    engine = models.CharField(max_length=60)
    asked_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_sweep"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="one_sweep_at_a_time"
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="sweep_within_total"),
            models.CheckConstraint(
                condition=Q(state="running", finished_at__isnull=True)
                | Q(state="done", finished_at__isnull=False),
                name="sweep_finished_when_done",
            ),
        ]


@recorded
class Search(models.Model):
    """One question to the gallery: who else has these fingers? Each has its ledger entry.

    `fingers` are the records that were asked with. `problem` is a code: why it had to wait.
    """

    class Purpose(models.TextChoices):
        ADMISSION = "admission"
        AGAIN = "again"
        SWEEP = "sweep"

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(
        Enrolment, null=True, on_delete=models.PROTECT, related_name="searches"
    )
    sweep = models.ForeignKey(Sweep, null=True, on_delete=models.PROTECT, related_name="searches")
    purpose = models.CharField(max_length=9, choices=Purpose.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    fingers = ArrayField(models.UUIDField(), default=list)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    gallery_size = models.PositiveIntegerField(null=True)
    engine = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=60, blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_search"
        indexes: ClassVar = [
            models.Index(fields=["person", "-asked_at"], name="search_of"),
            models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="search_waiting"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | Q(state="done", answered_at__gte=F("asked_at")),
                name="search_answered_when_done",
            )
        ]


@recorded
class Candidate(models.Model):
    """Somebody whom a search found. Scores are natural logarithms of likelihood ratios.

    `finger_scores` maps a position to its score. `state` is what was decided last.
    """

    class State(models.TextChoices):
        OPEN = "open"
        UNSURE = "unsure"
        SAME = "same"
        DIFFERENT = "different"

    search = models.ForeignKey(Search, on_delete=models.PROTECT, related_name="candidates")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    finger_scores = models.JSONField(default=dict)
    face_score = models.FloatField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_candidate"
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(state__in=["open", "unsure"]), name="candidate_undecided"
            ),
            models.Index(fields=["other"], name="candidate_other"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["search", "other"], name="a_candidate_once"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="candidate_is_another"),
        ]


@recorded
class Examination(models.Model):
    """What one examiner saw and decided. `images` are the files that were shown.

    An examiner speaks once a candidate: after "unsure" somebody else does.
    """

    class Decision(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"
        UNSURE = "unsure"

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="examinations")
    examiner_id = models.BigIntegerField()
    decision = models.CharField(max_length=9, choices=Decision.choices)
    note = models.CharField(max_length=1000, blank=True)
    score = models.FloatField()
    images = ArrayField(models.UUIDField(), default=list)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "biometrics_examination"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["candidate", "examiner_id"], name="an_examiner_once_a_candidate"
            )
        ]


@recorded
class Verification(models.Model):
    """Is this the person? One finger, or the face, against one record.

    `outcome` is "unavailable" where nothing could be compared: with `problem`, a code. `image` is
    kept where it did not match, to be looked at.
    """

    class Purpose(models.TextChoices):
        DISCHARGE = "discharge"
        DEPARTURE = "departure"
        RETURN = "return"
        GATE = "gate"
        ROLL = "roll"
        VISIT = "visit"

    class Outcome(models.TextChoices):
        MATCH = "match"
        NO_MATCH = "no_match"
        UNAVAILABLE = "unavailable"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode_id = models.BigIntegerField(null=True)
    establishment = models.ForeignKey(
        "facilities.Establishment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(max_length=9, choices=Purpose.choices)
    position = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    score = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    image = models.ForeignKey(
        "vault.Blob",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="image_blob_id",
    )
    engine = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_verification"
        indexes: ClassVar = [models.Index(fields=["person", "-happened_at"], name="verified_when")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="unavailable", score__isnull=True)
                | (~Q(outcome="unavailable") & Q(score__isnull=False)),
                name="a_comparison_has_a_score",
            ),
            models.CheckConstraint(
                condition=Q(position__lte=LAST_POSITION), name="verified_finger_is_one_of_ten"
            ),
        ]


@recorded
class Identification(models.Model):
    """Who is it, then? The finger of a check that did not match, against everybody.

    `person` is whom they were said to be. `problem` is a code: why nobody could be asked.
    """

    verification = models.ForeignKey(
        Verification, on_delete=models.PROTECT, related_name="identifications"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=9, choices=Verification.Purpose.choices)
    gallery_size = models.PositiveIntegerField(null=True)
    engine = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_identification"


@recorded
class Identified(models.Model):
    """Somebody whose finger it may be. `named` is whether the score is so high that it is told as
    somebody else's finger, with an alarm."""

    identification = models.ForeignKey(
        Identification, on_delete=models.PROTECT, related_name="found"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    position = models.PositiveSmallIntegerField()
    named = models.BooleanField(default=False)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "biometrics_identified"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["identification", "person"], name="identified_once"),
            models.CheckConstraint(
                condition=Q(position__lte=LAST_POSITION), name="identified_finger_is_one_of_ten"
            ),
        ]


class Destruction(models.Model):
    """That fingerprints and faces were destroyed by order, and nothing else of the person.

    One officer orders it and another confirms. `reference` outlives them: it must not say who it
    was. `scrubbed_at` is when the database's own files had been rewritten.
    """

    class Ground(models.TextChoices):
        ACQUITTAL = "acquittal"
        ORDER = "order"

    class State(models.TextChoices):
        ORDERED = "ordered"
        CONFIRMED = "confirmed"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    person_id = models.BigIntegerField()
    person_ids = ArrayField(models.BigIntegerField())
    ground = models.CharField(max_length=9, choices=Ground.choices)
    reference = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ORDERED)
    ordered_at = models.DateTimeField()
    ordered_by_id = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    files_left = ArrayField(models.CharField(max_length=64), default=list)
    counts = models.JSONField(default=dict)
    scrubbed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "biometrics_destruction"
        indexes: ClassVar = [models.Index(fields=["person_id"], name="destruction_of")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(state="done") & Q(done_at__isnull=True))
                | Q(state="done", done_at__gte=F("ordered_at")),
                name="destroyed_after_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_by_id__isnull=False),
                name="destruction_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id__isnull=True) | ~Q(confirmed_by_id=F("ordered_by_id")),
                name="destruction_by_two_officers",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="destruction_has_a_reference"),
        ]
