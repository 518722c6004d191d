"""Keep what is prepared before a release, parole, and wrongful days out and inside."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0005_instants_hold_nothing"),
        ("facilities", "0001_initial"),
        ("people", "0002_any_day_of_death"),
        ("release", "0005_one_place_for_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("14d", "Days 14"), ("24h", "Hours 24"), ("1h", "Hour 1")],
                        max_length=3,
                    ),
                ),
                ("agency", models.CharField(max_length=200)),
                ("spoke_to", models.CharField(blank=True, default="", max_length=200)),
                ("how", models.CharField(max_length=12)),
                ("told_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "release_agency_told",
            },
        ),
        migrations.CreateModel(
            name="DateReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("release_on", models.DateField()),
                ("expires_on", models.DateField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "release_date_reading",
            },
        ),
        migrations.CreateModel(
            name="DetentionError",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrongful_release", "Wrongful Release"),
                            ("over_detention", "Over Detention"),
                        ],
                        max_length=16,
                    ),
                ),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("cause", models.CharField(max_length=24)),
                ("account", models.TextField()),
                ("lessons", models.TextField(blank=True, default="")),
                ("discovered_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "discharge",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="late",
                        to="release.discharge",
                    ),
                ),
                (
                    "error",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lessons",
                        to="release.releaseinerror",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "release_detention_error",
            },
        ),
        migrations.CreateModel(
            name="DetentionErrorHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrongful_release", "Wrongful Release"),
                            ("over_detention", "Over Detention"),
                        ],
                        max_length=16,
                    ),
                ),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("cause", models.CharField(max_length=24)),
                ("account", models.TextField()),
                ("lessons", models.TextField(blank=True, default="")),
                ("discovered_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "discharge",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="release.discharge",
                    ),
                ),
                (
                    "error",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="release.releaseinerror",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.detentionerror",
                    ),
                ),
            ],
            options={
                "db_table": "release_detention_error_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Parole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ped", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("deferred", "Deferred"),
                            ("revoked", "Revoked"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("opened_by_id", models.BigIntegerField()),
                ("decided_on", models.DateField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("reference", models.CharField(blank=True, default="", max_length=120)),
                ("reasons", models.TextField(blank=True, default="")),
                ("conditions", models.TextField(blank=True, default="")),
                ("deferred_to", models.DateField(null=True)),
                ("order_id", models.BigIntegerField(null=True)),
                ("revoked_on", models.DateField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by_id", models.BigIntegerField(null=True)),
                ("revocation_reasons", models.TextField(blank=True, default="")),
                ("hearing_on", models.DateField(null=True)),
                ("revocation_order_id", models.BigIntegerField(null=True)),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.episode",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "release_parole",
            },
        ),
        migrations.CreateModel(
            name="ParoleHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("ped", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("deferred", "Deferred"),
                            ("revoked", "Revoked"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("opened_by_id", models.BigIntegerField()),
                ("decided_on", models.DateField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("reference", models.CharField(blank=True, default="", max_length=120)),
                ("reasons", models.TextField(blank=True, default="")),
                ("conditions", models.TextField(blank=True, default="")),
                ("deferred_to", models.DateField(null=True)),
                ("order_id", models.BigIntegerField(null=True)),
                ("revoked_on", models.DateField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by_id", models.BigIntegerField(null=True)),
                ("revocation_reasons", models.TextField(blank=True, default="")),
                ("hearing_on", models.DateField(null=True)),
                ("revocation_order_id", models.BigIntegerField(null=True)),
                (
                    "episode",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="custody.episode",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.parole",
                    ),
                ),
            ],
            options={
                "db_table": "release_parole_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("calculation", "Calculation"),
                            ("by_hand", "By Hand"),
                            ("paper", "Paper"),
                        ],
                        max_length=12,
                    ),
                ),
                ("provisional", models.BooleanField(default=False)),
                ("moved_from", models.DateField(null=True)),
                ("opened_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_reason", models.CharField(blank=True, default="", max_length=300)),
                ("differences", models.JSONField(default=list)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by_id", models.BigIntegerField(null=True)),
                ("settled_reason", models.CharField(blank=True, default="", max_length=500)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.episode",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "release_preparation",
            },
        ),
        migrations.CreateModel(
            name="DateReadingHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("release_on", models.DateField()),
                ("expires_on", models.DateField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.datereading",
                    ),
                ),
                (
                    "preparation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="release.preparation",
                    ),
                ),
            ],
            options={
                "db_table": "release_date_reading_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="datereading",
            name="preparation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="release.preparation",
            ),
        ),
        migrations.CreateModel(
            name="AgencyToldHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "stage",
                    models.CharField(
                        choices=[("14d", "Days 14"), ("24h", "Hours 24"), ("1h", "Hour 1")],
                        max_length=3,
                    ),
                ),
                ("agency", models.CharField(max_length=200)),
                ("spoke_to", models.CharField(blank=True, default="", max_length=200)),
                ("how", models.CharField(max_length=12)),
                ("told_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.agencytold",
                    ),
                ),
                (
                    "preparation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="release.preparation",
                    ),
                ),
            ],
            options={
                "db_table": "release_agency_told_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="agencytold",
            name="preparation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="told",
                to="release.preparation",
            ),
        ),
        migrations.CreateModel(
            name="PreparationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("due_on", models.DateField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("calculation", "Calculation"),
                            ("by_hand", "By Hand"),
                            ("paper", "Paper"),
                        ],
                        max_length=12,
                    ),
                ),
                ("provisional", models.BooleanField(default=False)),
                ("moved_from", models.DateField(null=True)),
                ("opened_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_reason", models.CharField(blank=True, default="", max_length=300)),
                ("differences", models.JSONField(default=list)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by_id", models.BigIntegerField(null=True)),
                ("settled_reason", models.CharField(blank=True, default="", max_length=500)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "episode",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="custody.episode",
                    ),
                ),
                (
                    "establishment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.establishment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.preparation",
                    ),
                ),
            ],
            options={
                "db_table": "release_preparation_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PreparationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24)),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "Done"), ("explained", "Explained")], max_length=10
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                (
                    "preparation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="release.preparation",
                    ),
                ),
            ],
            options={
                "db_table": "release_preparation_item",
            },
        ),
        migrations.CreateModel(
            name="PreparationItemHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=24)),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "Done"), ("explained", "Explained")], max_length=10
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.preparationitem",
                    ),
                ),
                (
                    "preparation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="release.preparation",
                    ),
                ),
            ],
            options={
                "db_table": "release_preparation_item_history",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="detentionerror",
            index=models.Index(
                fields=["establishment", "began_on"], name="release_det_establi_6ffad7_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="detentionerror",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True),
                    ("ended_on__gte", models.F("began_on")),
                    _connector="OR",
                ),
                name="detention_error_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="detentionerror",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("error__isnull", True), ("kind", "wrongful_release"), _connector="OR"
                ),
                name="release_in_error_is_wrongful",
            ),
        ),
        migrations.AddIndex(
            model_name="detentionerrorhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_det_pgh_obj_a69c0e_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="parole",
            index=models.Index(
                fields=["establishment", "state"], name="release_par_establi_0d593e_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="parole",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("person",),
                name="one_open_parole_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="parole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "closed"]),
                    models.Q(
                        ("decided_on__isnull", False), models.Q(("reasons", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="parole_is_decided_with_reasons",
            ),
        ),
        migrations.AddConstraint(
            model_name="parole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "revoked"), _negated=True),
                    ("revoked_on__isnull", False),
                    _connector="OR",
                ),
                name="revocation_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="parolehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_par_pgh_obj_7dc24f_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="preparation",
            index=models.Index(
                fields=["establishment", "state", "due_on"], name="release_pre_establi_351b92_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="preparation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("episode",),
                name="one_open_preparation",
            ),
        ),
        migrations.AddConstraint(
            model_name="preparation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="preparation_says_when_it_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="datereadinghistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_dat_pgh_obj_881f87_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="datereading",
            constraint=models.UniqueConstraint(
                fields=("preparation", "by_id"), name="one_reading_an_officer"
            ),
        ),
        migrations.AddIndex(
            model_name="agencytoldhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_age_pgh_obj_baa9bf_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="agencytold",
            index=models.Index(
                fields=["preparation", "stage"], name="release_age_prepara_eaa6a4_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="preparationhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_pre_pgh_obj_fe7b31_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="preparationitem",
            constraint=models.UniqueConstraint(
                fields=("preparation", "code"), name="one_thing_of_a_code"
            ),
        ),
        migrations.AddIndex(
            model_name="preparationitemhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_pre_pgh_obj_d3ee43_idx"
            ),
        ),
    ]
