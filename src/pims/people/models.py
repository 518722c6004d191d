"""Who they are: one row a person, and around it everything that tells one from another.

Nothing here is deleted: a part that was wrong or has ended gets `withdrawn_at`, and every
version of every row stays in the history tables. Search rows are derived and can be rebuilt.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


class Sex(models.TextChoices):
    MALE = "male"
    FEMALE = "female"
    INTERSEX = "intersex"
    UNKNOWN = "unknown"


class Gender(models.TextChoices):
    MAN = "man"
    WOMAN = "woman"
    OTHER = "other"
    NOT_STATED = "not_stated"


class BirthPrecision(models.TextChoices):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@recorded
class Person(models.Model):
    """A human being, known by one permanent number.

    `birth_date` is the date as given, its missing parts filled with 1; what is certain are
    `born_earliest` and `born_latest`, derived from it and its precision. `version` grows with
    every change of the person or a part, for forms that were opened before it. A person merged
    into another keeps all rows and names the other in `canonical`.
    """

    number = models.CharField(max_length=10, unique=True)
    sex = models.CharField(max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    gender = models.CharField(max_length=10, choices=Gender.choices, default=Gender.NOT_STATED)
    birth_date = models.DateField(null=True)
    birth_precision = models.CharField(
        max_length=9, choices=BirthPrecision.choices, default=BirthPrecision.UNKNOWN
    )
    born_earliest = models.DateField(null=True)
    born_latest = models.DateField(null=True)
    birth_place = models.CharField(max_length=200, blank=True)
    age_disputed = models.BooleanField(default=False)
    age_decision = models.CharField(
        max_length=8, blank=True, choices=[("adult", "adult"), ("juvenile", "juvenile")]
    )
    age_decision_reason = models.TextField(blank=True)
    died_on = models.DateField(null=True)
    canonical = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_persons"
    )
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=40, default="reception")
    created_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "people_person"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(canonical__isnull=True) | ~Q(canonical=F("id")),
                name="person_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(born_earliest__isnull=True) | Q(born_latest__gte=F("born_earliest")),
                name="person_born_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["canonical"], condition=Q(canonical__isnull=False), name="person_merged"
            )
        ]


class PersonPart(models.Model):
    """What is common to the parts of a person; a withdrawn part no longer counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="%(class)ss")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        abstract = True


@recorded
class PersonName(PersonPart):
    """A name as given. One living name a person is primary: it heads every page and list."""

    class Kind(models.TextChoices):
        BIRTH = "birth"
        MARRIED = "married"
        ALIAS = "alias"
        STREET = "street"
        AS_IN_WARRANT = "as_in_warrant"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=13, choices=Kind.choices, default=Kind.BIRTH)
    given = models.CharField(max_length=200, blank=True)
    family = models.CharField(max_length=200, blank=True)
    is_primary = models.BooleanField(default=False)
    search_key = models.TextField(db_collation="C")
    sort_key = models.TextField(db_collation="C")

    class Meta:
        db_table = "people_name"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True, withdrawn_at__isnull=True),
                name="one_primary_name_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(given="") | ~Q(family=""), name="name_is_not_empty"
            ),
        ]


class PersonSearch(models.Model):
    """One row a living name: what the search index looks at. Derived, rebuilt at will.

    `person` is who the name leads to: the canonical person where the named one was merged.
    `keys` are hashes of the name's words, alone and with each year of birth that is possible;
    see `pims.people.search.keys`.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="search_rows")
    name = models.OneToOneField(PersonName, on_delete=models.CASCADE, related_name="+")
    key = models.TextField(db_collation="C")
    keys = ArrayField(models.IntegerField())
    birth_year = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "people_search"
        indexes: ClassVar = [GinIndex(fields=["keys"], name="people_search_keys", fastupdate=False)]


class NameWord(models.Model):
    """Every word that occurs in a name, with the hashes of its near spellings and its sounds."""

    word = models.TextField(primary_key=True, db_collation="C")
    variants = ArrayField(models.IntegerField())

    class Meta:
        db_table = "people_word"
        indexes: ClassVar = [
            GinIndex(fields=["variants"], name="people_word_variants", fastupdate=False)
        ]


@recorded
class Identifier(PersonPart):
    """A document or a number by which others know the person."""

    class Kind(models.TextChoices):
        SOCIAL_SECURITY = "social_security"
        PASSPORT = "passport"
        VOTER = "voter"
        DRIVER = "driver"
        BIRTH_CERTIFICATE = "birth_certificate"
        RESIDENCE = "residence"
        REFUGEE = "refugee"
        POLICE = "police"
        OLD_PRISON = "old_prison"
        OTHER = "other"

    kind = models.CharField(max_length=17, choices=Kind.choices)
    number = models.CharField(max_length=60)
    number_key = models.CharField(max_length=60)
    country = models.CharField(max_length=2, blank=True)
    expires_on = models.DateField(null=True)

    class Meta:
        db_table = "people_identifier"
        indexes: ClassVar = [models.Index(fields=["number_key"], name="identifier_number_key")]


@recorded
class Nationality(PersonPart):
    """A nationality, ISO 3166-1 alpha-2; `XX` for stateless, `ZZ` for unknown."""

    country = models.CharField(max_length=2)

    class Meta:
        db_table = "people_nationality"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "country"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_nationality_once",
            )
        ]


@recorded
class SpokenLanguage(PersonPart):
    """A language, ISO 639 code, and whether papers in it can be read or must be read aloud."""

    code = models.CharField(max_length=3)
    reads = models.BooleanField(null=True)
    needs_interpreter = models.BooleanField(default=False)

    class Meta:
        db_table = "people_language"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "code"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_language_once",
            )
        ]


@recorded
class Address(PersonPart):
    """Where the person lives when free."""

    lines = models.CharField(max_length=300)
    place = models.CharField(max_length=100, blank=True)
    district = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, default="BZ")
    phone = models.CharField(max_length=40, blank=True)
    lived_from = models.DateField(null=True)
    lived_until = models.DateField(null=True)

    class Meta:
        db_table = "people_address"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lived_until__isnull=True)
                | Q(lived_from__isnull=True)
                | Q(lived_until__gte=F("lived_from")),
                name="address_lived_in_order",
            )
        ]


@recorded
class Description(PersonPart):
    """What the person looks like, as observed on a day; the newest living one counts."""

    observed_on = models.DateField()
    height_cm = models.PositiveSmallIntegerField(null=True)
    weight_kg = models.PositiveSmallIntegerField(null=True)
    build = models.CharField(max_length=40, blank=True)
    complexion = models.CharField(max_length=40, blank=True)
    hair = models.CharField(max_length=60, blank=True)
    eyes = models.CharField(max_length=40, blank=True)
    facial_hair = models.CharField(max_length=60, blank=True)
    handedness = models.CharField(max_length=12, blank=True)
    other = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "people_description"


@recorded
class Mark(PersonPart):
    """A mark, scar or tattoo on the body, and where."""

    class Kind(models.TextChoices):
        TATTOO = "tattoo"
        SCAR = "scar"
        BIRTHMARK = "birthmark"
        AMPUTATION = "amputation"
        OTHER = "other"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    body_part = models.CharField(max_length=60)
    side = models.CharField(
        max_length=5, blank=True, choices=[("left", "left"), ("right", "right"), ("both", "both")]
    )
    text = models.CharField(max_length=300)

    class Meta:
        db_table = "people_mark"


@recorded
class Contact(PersonPart):
    """Who is told, or who speaks, for the person; or, by own wish, that no lawyer does (`name` "").

    `asked_at` is when that was asked of the person, null where only `recorded_at` is known.
    """

    class Kind(models.TextChoices):
        NEXT_OF_KIN = "next_of_kin"
        EMERGENCY = "emergency"
        LAWYER = "lawyer"
        NO_LAWYER = "no_lawyer"
        OTHER = "other"

    kind = models.CharField(max_length=11, choices=Kind.choices)
    name = models.CharField(max_length=200)
    relationship = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    address = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=3, blank=True)
    note = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_contact"


@recorded
class ConsularNotice(PersonPart):
    """That a foreign national was told of the right, and what he or she answered.

    Vienna Convention on Consular Relations, article 36(1)(b); Mandela Rule 62.
    """

    class Answer(models.TextChoices):
        WANTS = "wants"
        REFUSES = "refuses"
        NO_CONSULATE = "no_consulate"
        ASYLUM = "asylum"
        NOT_ANSWERED = "not_answered"

    country = models.CharField(max_length=2)
    told_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NOT_ANSWERED)
    asked_in_writing = models.BooleanField(default=False)
    consulate_told_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "people_consular_notice"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(consulate_told_at__isnull=True)
                | Q(told_at__isnull=True)
                | Q(consulate_told_at__gte=F("told_at")),
                name="consulate_told_after_prisoner",
            )
        ]


@recorded
class Child(PersonPart):
    """A child outside: age, where, with whom (Mandela Rule 7(f)). Confidential."""

    name = models.CharField(max_length=200)
    birth_date = models.DateField(null=True)
    age_as_given = models.CharField(max_length=40, blank=True)
    where = models.CharField(max_length=300, blank=True)
    with_whom = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "people_child"


@recorded
class Infant(PersonPart):
    """A baby inside with its mother: counted for fire, never as a prisoner."""

    name = models.CharField(max_length=200)
    sex = models.CharField(max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField(null=True)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_with = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "people_infant"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gt=F("entered_at")),
                name="infant_leaves_after_entering",
            )
        ]


@recorded
class Photograph(PersonPart):
    """A photograph; the picture itself is an encrypted file of the vault, `blob_id`."""

    class Kind(models.TextChoices):
        FRONT = "front"
        PROFILE = "profile"
        MARK = "mark"

    kind = models.CharField(max_length=7, choices=Kind.choices)
    mark = models.ForeignKey(Mark, null=True, on_delete=models.PROTECT, related_name="photographs")
    blob_id = models.UUIDField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "people_photograph"
        indexes: ClassVar = [
            models.Index(fields=["person", "kind", "-taken_at"], name="photograph_newest")
        ]


@recorded
class PossibleMatch(models.Model):
    """Two persons who may be one, person before other; a person decides, nothing waits."""

    class State(models.TextChoices):
        OPEN = "open"
        SAME = "same"
        DIFFERENT = "different"
        UNSURE = "unsure"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    decision_reason = models.TextField(blank=True)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "people_possible_match"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__lt=F("other")), name="possible_match_in_order"
            ),
            models.UniqueConstraint(fields=["person", "other"], name="possible_match_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["other"], name="possible_match_other")]


@recorded
class PersonMerge(models.Model):
    """That two persons were found to be one, by whom and why, and whether it was undone."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    merged_at = models.DateTimeField()
    unmade_at = models.DateTimeField(null=True)
    unmade_reason = models.TextField(blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "people_merge"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(unmade_at__isnull=True),
                name="one_standing_merge_a_person",
            )
        ]
