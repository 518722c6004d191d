import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authority", "0004_papers_that_ran_out"),
        ("facilities", "0001_initial"),
        ("people", "0002_any_day_of_death"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_by_id", models.BigIntegerField()),
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
                "db_table": "courts_case_party",
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("offence_code", models.CharField(blank=True, max_length=40)),
                ("as_written", models.TextField(blank=True)),
                ("offence_from", models.DateField(null=True)),
                ("offence_to", models.DateField(null=True)),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("withdrawn", "Withdrawn"),
                            ("acquitted", "Acquitted"),
                            ("convicted", "Convicted"),
                            ("discharged", "Discharged"),
                            ("quashed", "Quashed"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
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
                "db_table": "courts_charge",
            },
        ),
        migrations.CreateModel(
            name="CourtCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=80)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("opened_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.body",
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
            ],
            options={
                "db_table": "courts_case",
            },
        ),
        migrations.CreateModel(
            name="ChargeHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("offence_code", models.CharField(blank=True, max_length=40)),
                ("as_written", models.TextField(blank=True)),
                ("offence_from", models.DateField(null=True)),
                ("offence_to", models.DateField(null=True)),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("withdrawn", "Withdrawn"),
                            ("acquitted", "Acquitted"),
                            ("convicted", "Convicted"),
                            ("discharged", "Discharged"),
                            ("quashed", "Quashed"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
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
                        to="courts.charge",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtcase",
                    ),
                ),
            ],
            options={
                "db_table": "courts_charge_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="charge",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="courts.courtcase",
            ),
        ),
        migrations.CreateModel(
            name="CasePartyHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("recorded_by_id", models.BigIntegerField()),
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
                        to="courts.caseparty",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtcase",
                    ),
                ),
            ],
            options={
                "db_table": "courts_case_party_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="caseparty",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parties",
                to="courts.courtcase",
            ),
        ),
        migrations.CreateModel(
            name="CourtCaseHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=80)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("opened_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.body",
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="courts.courtcase",
                    ),
                ),
            ],
            options={
                "db_table": "courts_case_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CourtOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("paper", models.UUIDField(default=uuid.uuid4)),
                ("name_as_written", models.CharField(blank=True, max_length=200)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("dated", models.DateField(null=True)),
                ("received_at", models.DateTimeField()),
                ("holds_from", models.DateTimeField()),
                ("as_written", models.TextField(blank=True)),
                ("dates_as_written", models.JSONField(default=dict)),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("next_date", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("amount_cents", models.BigIntegerField(null=True)),
                ("review_months", models.PositiveIntegerField(null=True)),
                ("conditions", models.TextField(blank=True)),
                ("sureties", models.TextField(blank=True)),
                ("scan_blob_id", models.UUIDField(null=True)),
                (
                    "change",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("varies", "Varies"),
                            ("replaces", "Replaces"),
                            ("revokes", "Revokes"),
                            ("sets_aside", "Sets Aside"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("changes_as_written", models.CharField(blank=True, max_length=80)),
                (
                    "ended_warrant_name_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stands", "Stands"),
                            ("set_aside", "Set Aside"),
                            ("replaced", "Replaced"),
                            ("void", "Void"),
                        ],
                        default="stands",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField(null=True)),
                ("state_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.body",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="courts.courtcase",
                    ),
                ),
                (
                    "changes",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="changed_by",
                        to="courts.courtorder",
                    ),
                ),
                (
                    "charges",
                    models.ManyToManyField(
                        db_table="courts_order_charges", related_name="orders", to="courts.charge"
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
                (
                    "release_order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.releaseorder",
                    ),
                ),
                (
                    "warrant_name",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.warrantname",
                    ),
                ),
            ],
            options={
                "db_table": "courts_order",
            },
        ),
        migrations.CreateModel(
            name="CourtOrderHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("paper", models.UUIDField(default=uuid.uuid4)),
                ("name_as_written", models.CharField(blank=True, max_length=200)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("dated", models.DateField(null=True)),
                ("received_at", models.DateTimeField()),
                ("holds_from", models.DateTimeField()),
                ("as_written", models.TextField(blank=True)),
                ("dates_as_written", models.JSONField(default=dict)),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("next_date", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("amount_cents", models.BigIntegerField(null=True)),
                ("review_months", models.PositiveIntegerField(null=True)),
                ("conditions", models.TextField(blank=True)),
                ("sureties", models.TextField(blank=True)),
                ("scan_blob_id", models.UUIDField(null=True)),
                (
                    "change",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("varies", "Varies"),
                            ("replaces", "Replaces"),
                            ("revokes", "Revokes"),
                            ("sets_aside", "Sets Aside"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("changes_as_written", models.CharField(blank=True, max_length=80)),
                (
                    "ended_warrant_name_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stands", "Stands"),
                            ("set_aside", "Set Aside"),
                            ("replaced", "Replaced"),
                            ("void", "Void"),
                        ],
                        default="stands",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField(null=True)),
                ("state_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.body",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtcase",
                    ),
                ),
                (
                    "changes",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtorder",
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
                        to="courts.courtorder",
                    ),
                ),
                (
                    "release_order",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.releaseorder",
                    ),
                ),
                (
                    "warrant_name",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.warrantname",
                    ),
                ),
            ],
            options={
                "db_table": "courts_order_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("at_time", models.TimeField(null=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[("in_person", "In Person"), ("video", "Video")],
                        default="in_person",
                        max_length=10,
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=120)),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("adjourned", "Adjourned"),
                            ("remanded", "Remanded"),
                            ("bailed", "Bailed"),
                            ("sentenced", "Sentenced"),
                            ("fined", "Fined"),
                            ("convicted", "Convicted"),
                            ("acquitted", "Acquitted"),
                            ("discharged", "Discharged"),
                            ("withdrawn", "Withdrawn"),
                            ("not_held", "Not Held"),
                            ("not_produced", "Not Produced"),
                            ("refused", "Refused"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("outcome_note", models.TextField(blank=True)),
                ("outcome_at", models.DateTimeField(null=True)),
                ("outcome_by_id", models.BigIntegerField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.body",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearings",
                        to="courts.courtcase",
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
                (
                    "warrant_name",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.warrantname",
                    ),
                ),
            ],
            options={
                "db_table": "courts_hearing",
            },
        ),
        migrations.CreateModel(
            name="HearingHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("on", models.DateField()),
                ("at_time", models.TimeField(null=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[("in_person", "In Person"), ("video", "Video")],
                        default="in_person",
                        max_length=10,
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=120)),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("adjourned", "Adjourned"),
                            ("remanded", "Remanded"),
                            ("bailed", "Bailed"),
                            ("sentenced", "Sentenced"),
                            ("fined", "Fined"),
                            ("convicted", "Convicted"),
                            ("acquitted", "Acquitted"),
                            ("discharged", "Discharged"),
                            ("withdrawn", "Withdrawn"),
                            ("not_held", "Not Held"),
                            ("not_produced", "Not Produced"),
                            ("refused", "Refused"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("outcome_note", models.TextField(blank=True)),
                ("outcome_at", models.DateTimeField(null=True)),
                ("outcome_by_id", models.BigIntegerField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.body",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtcase",
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
                        to="courts.hearing",
                    ),
                ),
                (
                    "warrant_name",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.warrantname",
                    ),
                ),
            ],
            options={
                "db_table": "courts_hearing_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("drafted_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queries",
                        to="courts.courtorder",
                    ),
                ),
            ],
            options={
                "db_table": "courts_order_query",
            },
        ),
        migrations.CreateModel(
            name="OrderQueryHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("drafted_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtorder",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="courts.orderquery",
                    ),
                ),
            ],
            options={
                "db_table": "courts_order_query_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SecondReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("read_by_id", models.BigIntegerField(null=True)),
                ("values", models.JSONField(default=dict)),
                (
                    "differences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by_id", models.BigIntegerField(null=True)),
                ("settled_reason", models.CharField(blank=True, max_length=500)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="courts.courtorder",
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
                "db_table": "courts_second_reading",
            },
        ),
        migrations.CreateModel(
            name="SecondReadingHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("due_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("read_by_id", models.BigIntegerField(null=True)),
                ("values", models.JSONField(default=dict)),
                (
                    "differences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by_id", models.BigIntegerField(null=True)),
                ("settled_reason", models.CharField(blank=True, max_length=500)),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtorder",
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
                        to="courts.secondreading",
                    ),
                ),
            ],
            options={
                "db_table": "courts_second_reading_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sentence",
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
                            ("imprisonment", "Imprisonment"),
                            ("fine_default", "Fine Default"),
                            ("compensation_default", "Compensation Default"),
                            ("life", "Life"),
                            ("pleasure", "Pleasure"),
                            ("unfit", "Unfit"),
                        ],
                        max_length=20,
                    ),
                ),
                ("years", models.PositiveIntegerField(default=0)),
                ("months", models.PositiveIntegerField(default=0)),
                ("weeks", models.PositiveIntegerField(default=0)),
                ("days", models.PositiveIntegerField(default=0)),
                ("minimum_years", models.PositiveIntegerField(null=True)),
                ("minimum_months", models.PositiveIntegerField(null=True)),
                ("minimum_weeks", models.PositiveIntegerField(null=True)),
                ("minimum_days", models.PositiveIntegerField(null=True)),
                ("pronounced_on", models.DateField()),
                ("effective_from", models.DateField(null=True)),
                (
                    "link",
                    models.CharField(
                        choices=[("concurrent", "Concurrent"), ("consecutive", "Consecutive")],
                        default="concurrent",
                        max_length=11,
                    ),
                ),
                ("offence_on", models.DateField(null=True)),
                (
                    "offence_class",
                    models.CharField(
                        blank=True,
                        choices=[("", "Unknown"), ("serious", "Serious"), ("lesser", "Lesser")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("amount_cents", models.BigIntegerField(null=True)),
                ("position", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stands", "Stands"),
                            ("quashed", "Quashed"),
                            ("replaced", "Replaced"),
                        ],
                        default="stands",
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "charge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sentences",
                        to="courts.charge",
                    ),
                ),
                (
                    "consecutive_to",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="followed_by",
                        to="courts.sentence",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sentences",
                        to="courts.courtorder",
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
                "db_table": "courts_sentence",
            },
        ),
        migrations.CreateModel(
            name="SentenceHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("imprisonment", "Imprisonment"),
                            ("fine_default", "Fine Default"),
                            ("compensation_default", "Compensation Default"),
                            ("life", "Life"),
                            ("pleasure", "Pleasure"),
                            ("unfit", "Unfit"),
                        ],
                        max_length=20,
                    ),
                ),
                ("years", models.PositiveIntegerField(default=0)),
                ("months", models.PositiveIntegerField(default=0)),
                ("weeks", models.PositiveIntegerField(default=0)),
                ("days", models.PositiveIntegerField(default=0)),
                ("minimum_years", models.PositiveIntegerField(null=True)),
                ("minimum_months", models.PositiveIntegerField(null=True)),
                ("minimum_weeks", models.PositiveIntegerField(null=True)),
                ("minimum_days", models.PositiveIntegerField(null=True)),
                ("pronounced_on", models.DateField()),
                ("effective_from", models.DateField(null=True)),
                (
                    "link",
                    models.CharField(
                        choices=[("concurrent", "Concurrent"), ("consecutive", "Consecutive")],
                        default="concurrent",
                        max_length=11,
                    ),
                ),
                ("offence_on", models.DateField(null=True)),
                (
                    "offence_class",
                    models.CharField(
                        blank=True,
                        choices=[("", "Unknown"), ("serious", "Serious"), ("lesser", "Lesser")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("amount_cents", models.BigIntegerField(null=True)),
                ("position", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stands", "Stands"),
                            ("quashed", "Quashed"),
                            ("replaced", "Replaced"),
                        ],
                        default="stands",
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "charge",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.charge",
                    ),
                ),
                (
                    "consecutive_to",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.sentence",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courts.courtorder",
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
                        to="courts.sentence",
                    ),
                ),
            ],
            options={
                "db_table": "courts_sentence_history",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="courtcase",
            index=models.Index(fields=["body", "number"], name="courts_case_body_id_420231_idx"),
        ),
        migrations.AddIndex(
            model_name="chargehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_char_pgh_obj_c10ed1_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["person"], name="courts_char_person__58469a_idx"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["case"], name="courts_char_case_id_8459d2_idx"),
        ),
        migrations.AddIndex(
            model_name="casepartyhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_case_pgh_obj_2684d4_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseparty",
            constraint=models.UniqueConstraint(fields=("case", "person"), name="once_in_a_case"),
        ),
        migrations.AddIndex(
            model_name="courtcasehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_case_pgh_obj_bb1e9d_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="courtorder",
            index=models.Index(
                fields=["person", "received_at"], name="courts_orde_person__83e100_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="courtorder",
            index=models.Index(fields=["paper"], name="courts_orde_paper_8c0713_idx"),
        ),
        migrations.AddIndex(
            model_name="courtorder",
            index=models.Index(fields=["body", "reference"], name="courts_orde_body_id_3d5dc4_idx"),
        ),
        migrations.AddConstraint(
            model_name="courtorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "stands"), ("state_at__isnull", True)),
                    models.Q(
                        models.Q(("state", "stands"), _negated=True), ("state_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="fallen_order_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="courtorderhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_orde_pgh_obj_82fb2e_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="hearing",
            index=models.Index(fields=["person", "on"], name="courts_hear_person__d04d07_idx"),
        ),
        migrations.AddIndex(
            model_name="hearing",
            index=models.Index(
                fields=["establishment", "on"], name="courts_hear_establi_ad3577_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="hearing",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("outcome", "")),
                fields=["on"],
                name="hearing_open_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("outcome_at__isnull", True)),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True), ("outcome_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="hearing_with_outcome_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="hearinghistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_hear_pgh_obj_3408b2_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="orderqueryhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_orde_pgh_obj_2dcd50_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="secondreading",
            index=models.Index(fields=["person"], name="courts_seco_person__db5f52_idx"),
        ),
        migrations.AddIndex(
            model_name="secondreading",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["due_at"], name="reading_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="secondreading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("read_at", None)),
                fields=("order",),
                name="one_open_reading_an_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at__isnull", True),
                    ("settled_at__gte", models.F("read_at")),
                    _connector="OR",
                ),
                name="settled_after_reading",
            ),
        ),
        migrations.AddIndex(
            model_name="secondreadinghistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_seco_pgh_obj_093a81_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="sentence",
            index=models.Index(fields=["person"], name="courts_sent_person__67b241_idx"),
        ),
        migrations.AddConstraint(
            model_name="sentence",
            constraint=models.UniqueConstraint(
                fields=("order", "position"), name="one_sentence_a_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="sentence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "stands")),
                    models.Q(
                        models.Q(("state", "stands"), _negated=True), ("ended_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="fallen_sentence_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="sentencehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_sent_pgh_obj_b3ffe1_idx"
            ),
        ),
    ]
