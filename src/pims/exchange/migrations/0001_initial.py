"""Agencies, agreements, the shelf, inquiries and receipts, messages, and what comes in."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import pims.foundation.ranges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authority", "0006_orders_found_by_their_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("name_es", models.CharField(blank=True, default="", max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("police", "Police"),
                            ("court", "Court"),
                            ("prosecution", "Prosecution"),
                            ("observatory", "Observatory"),
                            ("forensic", "Forensic"),
                            ("immigration", "Immigration"),
                            ("parole", "Parole"),
                            ("social", "Social"),
                            ("controller", "Controller"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("state_reason", models.CharField(blank=True, default="", max_length=300)),
                ("state_at", models.DateTimeField()),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("contacts", models.JSONField(default=list)),
                ("user_id", models.BigIntegerField(unique=True)),
                ("sandbox", models.BooleanField(default=False)),
                ("signs_reads", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "exchange_agency",
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=40)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agreement",
            },
        ),
        migrations.CreateModel(
            name="AgreementSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("ours", "Ours"), ("theirs", "Theirs")], max_length=6
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("officer", "Officer"), ("key", "Key"), ("paper", "Paper")],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("office", models.CharField(max_length=120)),
                ("kid", models.CharField(blank=True, default="", max_length=80)),
                ("signature", models.TextField(blank=True, default="")),
                ("paper_reference", models.CharField(blank=True, default="", max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "exchange_agreement_signature",
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("purpose", models.CharField(max_length=40)),
                ("end_user", models.CharField(max_length=200)),
                ("outcome", models.CharField(max_length=20)),
                ("opened_at", models.DateTimeField()),
                ("opened_xid", models.CharField(max_length=24)),
                ("closed_at", models.DateTimeField(null=True)),
                ("found", models.IntegerField(null=True)),
                ("entry_id", models.UUIDField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inquiry",
            },
        ),
        migrations.CreateModel(
            name="ShelfDue",
            fields=[
                ("person_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "exchange_shelf_due",
            },
        ),
        migrations.CreateModel(
            name="ShelfState",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("shelved_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "exchange_shelf_state",
            },
        ),
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kid", models.CharField(max_length=80)),
                ("thumbprint", models.CharField(max_length=43)),
                ("hash", models.BinaryField(max_length=32, unique=True)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_access_token",
            },
        ),
        migrations.CreateModel(
            name="AgencyBody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bodies",
                        to="exchange.agency",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authority.body",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_body",
            },
        ),
        migrations.CreateModel(
            name="AgencyBodyHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agency",
                    ),
                ),
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agencybody",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_body_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgencyCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("thumbprint", models.CharField(max_length=43, unique=True)),
                ("subject", models.CharField(max_length=300)),
                ("serial", models.CharField(max_length=60)),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_reason", models.CharField(blank=True, default="", max_length=300)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_certificate",
            },
        ),
        migrations.CreateModel(
            name="AgencyCertificateHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("thumbprint", models.CharField(max_length=43)),
                ("subject", models.CharField(max_length=300)),
                ("serial", models.CharField(max_length=60)),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_reason", models.CharField(blank=True, default="", max_length=300)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agency",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agencycertificate",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_certificate_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgencyHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=24)),
                ("name", models.CharField(max_length=120)),
                ("name_es", models.CharField(blank=True, default="", max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("police", "Police"),
                            ("court", "Court"),
                            ("prosecution", "Prosecution"),
                            ("observatory", "Observatory"),
                            ("forensic", "Forensic"),
                            ("immigration", "Immigration"),
                            ("parole", "Parole"),
                            ("social", "Social"),
                            ("controller", "Controller"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("state_reason", models.CharField(blank=True, default="", max_length=300)),
                ("state_at", models.DateTimeField()),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("contacts", models.JSONField(default=list)),
                ("user_id", models.BigIntegerField()),
                ("sandbox", models.BooleanField(default=False)),
                ("signs_reads", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kid", models.CharField(max_length=80)),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("assertion", "Assertion"),
                            ("message", "Message"),
                            ("agreement", "Agreement"),
                        ],
                        max_length=10,
                    ),
                ),
                ("jwk", models.JSONField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_reason", models.CharField(blank=True, default="", max_length=300)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_key",
            },
        ),
        migrations.CreateModel(
            name="AgencyKeyHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kid", models.CharField(max_length=80)),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("assertion", "Assertion"),
                            ("message", "Message"),
                            ("agreement", "Agreement"),
                        ],
                        max_length=10,
                    ),
                ),
                ("jwk", models.JSONField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_reason", models.CharField(blank=True, default="", max_length=300)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agency",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agencykey",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agency_key_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                (
                    "agreement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="cursor",
                        serialize=False,
                        to="exchange.agreement",
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("read_upto", models.BigIntegerField(default=0)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "exchange_cursor",
            },
        ),
        migrations.CreateModel(
            name="AgreementHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("purpose", models.CharField(max_length=40)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agency",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agreement_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("terms", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("superseded", "Superseded"),
                            ("ended", "Ended"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.BigIntegerField()),
                ("activated_by_id", models.BigIntegerField(null=True)),
                ("ended_by_id", models.BigIntegerField(null=True)),
                ("ended_reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="exchange.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agreement_version",
            },
        ),
        migrations.CreateModel(
            name="AgreementSignatureHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[("ours", "Ours"), ("theirs", "Theirs")], max_length=6
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("officer", "Officer"), ("key", "Key"), ("paper", "Paper")],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("office", models.CharField(max_length=120)),
                ("kid", models.CharField(blank=True, default="", max_length=80)),
                ("signature", models.TextField(blank=True, default="")),
                ("paper_reference", models.CharField(blank=True, default="", max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agreementsignature",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agreementversion",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agreement_signature_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="agreementsignature",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="exchange.agreementversion",
            ),
        ),
        migrations.CreateModel(
            name="AgreementVersionHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("terms", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("superseded", "Superseded"),
                            ("ended", "Ended"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.BigIntegerField()),
                ("activated_by_id", models.BigIntegerField(null=True)),
                ("ended_by_id", models.BigIntegerField(null=True)),
                ("ended_reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agreement",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.agreementversion",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_agreement_version_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("expected", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.BigIntegerField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "exchange_announcement",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="announcement_ends_later",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnouncementHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("expected", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("made_at", models.DateTimeField()),
                ("made_by_id", models.BigIntegerField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.announcement",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_announcement_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                (
                    "inquiry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="asked",
                        serialize=False,
                        to="exchange.inquiry",
                    ),
                ),
                ("person_id", models.BigIntegerField(db_index=True, null=True)),
                ("asked", models.JSONField()),
            ],
            options={
                "db_table": "exchange_asked",
            },
        ),
        migrations.AddField(
            model_name="inquiry",
            name="token",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.accesstoken",
            ),
        ),
        migrations.AddField(
            model_name="inquiry",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.agreementversion",
            ),
        ),
        migrations.CreateModel(
            name="AssertionSeen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jti", models.CharField(max_length=128)),
                ("expires_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_assertion_seen",
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("disclosed_at", models.DateTimeField()),
                ("entry_id", models.UUIDField()),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="exchange.inquiry",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_disclosure",
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        max_length=8,
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[("hmac", "Hmac"), ("ed25519", "Ed25519")], max_length=8
                    ),
                ),
                ("secret_name", models.CharField(blank=True, default="", max_length=80)),
                ("starts_after", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endpoints",
                        to="exchange.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_endpoint",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("delivered", "Delivered"),
                            ("dead", "Dead"),
                            ("skipped", "Skipped"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("replayed_by_id", models.BigIntegerField(null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="exchange.endpoint",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_delivery",
            },
        ),
        migrations.CreateModel(
            name="EndpointHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("url", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        max_length=8,
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[("hmac", "Hmac"), ("ed25519", "Ed25519")], max_length=8
                    ),
                ),
                ("secret_name", models.CharField(blank=True, default="", max_length=80)),
                ("starts_after", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agreement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agreement",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.endpoint",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_endpoint_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("opened_at", models.DateTimeField()),
                ("params", models.JSONField(default=dict)),
                ("decision", models.CharField(blank=True, default="", max_length=10)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "db_table": "exchange_hold",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decision", "")),
                            models.Q(
                                models.Q(("decision", ""), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="hold_says_when_it_was_decided",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("opened_at", models.DateTimeField()),
                ("params", models.JSONField(default=dict)),
                ("decision", models.CharField(blank=True, default="", max_length=10)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.hold",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_hold_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Inbound",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("message_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("sent_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("body", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("kid", models.CharField(blank=True, default="", max_length=80)),
                ("signature", models.TextField(blank=True, default="")),
                ("channel", models.CharField(default="api", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("refused", "Refused"),
                            ("unmatched", "Unmatched"),
                            ("waiting", "Waiting"),
                            ("applied", "Applied"),
                            ("rejected", "Rejected"),
                            ("superseded", "Superseded"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                (
                    "problems",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("corrects", models.CharField(blank=True, default="", max_length=120)),
                ("person_id", models.BigIntegerField(db_index=True, null=True)),
                ("establishment_id", models.BigIntegerField(null=True)),
                ("matched_how", models.CharField(blank=True, default="", max_length=20)),
                ("proposal", models.JSONField(default=dict)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("result", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound",
                        to="exchange.agency",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inbound",
            },
        ),
        migrations.CreateModel(
            name="InboundHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(serialize=False)),
                ("message_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("sent_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("body", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("kid", models.CharField(blank=True, default="", max_length=80)),
                ("signature", models.TextField(blank=True, default="")),
                ("channel", models.CharField(default="api", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("refused", "Refused"),
                            ("unmatched", "Unmatched"),
                            ("waiting", "Waiting"),
                            ("applied", "Applied"),
                            ("rejected", "Rejected"),
                            ("superseded", "Superseded"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                (
                    "problems",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("corrects", models.CharField(blank=True, default="", max_length=120)),
                ("person_id", models.BigIntegerField(null=True)),
                ("establishment_id", models.BigIntegerField(null=True)),
                ("matched_how", models.CharField(blank=True, default="", max_length=20)),
                ("proposal", models.JSONField(default=dict)),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("result", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "agency",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.agency",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.inbound",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inbound_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InboundStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("user_id", models.BigIntegerField(null=True)),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="exchange.inbound",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inbound_step",
            },
        ),
        migrations.CreateModel(
            name="InboundStepHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("user_id", models.BigIntegerField(null=True)),
                (
                    "inbound",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.inbound",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.inboundstep",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_inbound_step_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LookupKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=240)),
            ],
            options={
                "db_table": "exchange_lookup_key",
                "indexes": [
                    models.Index(fields=["person_id"], name="exchange_lo_person__70bb00_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "key", "person_id"), name="one_key_a_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.UUIDField()),
                ("event_position", models.BigIntegerField()),
                ("type", models.CharField(max_length=24)),
                ("person_id", models.BigIntegerField(db_index=True, null=True)),
                ("establishment_id", models.BigIntegerField(null=True)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                (
                    "facets_before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "facets_after",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("ready", "Ready"), ("held", "Held"), ("withdrawn", "Withdrawn")],
                        default="ready",
                        max_length=10,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("live", "Live"), ("replay", "Replay"), ("test", "Test")],
                        default="live",
                        max_length=6,
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="exchange.hold",
                    ),
                ),
                (
                    "retracts",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.message",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_message",
            },
        ),
        migrations.CreateModel(
            name="OrderClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField(db_index=True, null=True)),
                ("release_order_id", models.BigIntegerField(null=True)),
                ("arrived_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by_id", models.BigIntegerField(null=True)),
                ("freed_at", models.DateTimeField(null=True)),
                ("stopped_because", models.CharField(blank=True, default="", max_length=40)),
                (
                    "inbound",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clock",
                        to="exchange.inbound",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_order_clock",
            },
        ),
        migrations.CreateModel(
            name="OrderClockHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField(null=True)),
                ("release_order_id", models.BigIntegerField(null=True)),
                ("arrived_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by_id", models.BigIntegerField(null=True)),
                ("freed_at", models.DateTimeField(null=True)),
                ("stopped_because", models.CharField(blank=True, default="", max_length=40)),
                (
                    "inbound",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.inbound",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.orderclock",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_order_clock_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Published",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("published_at", models.DateTimeField(db_index=True)),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="exchange.message",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_published",
            },
        ),
        migrations.CreateModel(
            name="ShelfRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("record", models.CharField(max_length=40)),
                ("fields", models.JSONField()),
                ("guarded", models.JSONField(default=dict)),
                (
                    "facets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                (
                    "labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "exchange_shelf",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["facets"], name="exchange_shelf_facets"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "kind", "record"), name="shelved_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatisticCell",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=40)),
                ("period", models.DateField()),
                ("dimensions", models.JSONField(default=dict)),
                (
                    "facets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("count", models.PositiveIntegerField(null=True)),
                ("shown", models.BooleanField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "exchange_statistic_cell",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("indicator", "period", "dimensions"), name="one_cell_a_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("count__isnull", False), ("shown", True)),
                            models.Q(("count__isnull", True), ("shown", False)),
                            _connector="OR",
                        ),
                        name="a_suppressed_cell_has_no_number",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="accesstoken",
            index=models.Index(
                fields=["agency", "expires_at"], name="exchange_ac_agency__85e02e_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="agencybody",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("body",), name="one_voice_a_body"
            ),
        ),
        migrations.AddIndex(
            model_name="agencybodyhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_889609_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="agencycertificatehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_d22178_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="agencyhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_84b1b2_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="agencykey",
            constraint=models.UniqueConstraint(fields=("agency", "kid"), name="one_key_a_kid"),
        ),
        migrations.AddConstraint(
            model_name="agencykey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                ),
                name="agency_key_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="agencykeyhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_7d3e09_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("agency", "purpose"), name="one_agreement_a_purpose"
            ),
        ),
        migrations.AddIndex(
            model_name="agreementhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_f5b7b9_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.UniqueConstraint(
                fields=("agreement", "number"), name="one_version_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("starts_at__isnull", False)),
                expressions=[
                    ("agreement", "="),
                    (pims.foundation.ranges.TsTzRange("starts_at", "ends_at"), "&&"),
                ],
                name="one_version_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("starts_at__isnull", True), ("state__in", ["draft", "withdrawn"])),
                    models.Q(("ends_at__isnull", False), ("starts_at__isnull", False)),
                    _connector="OR",
                ),
                name="in_force_from_and_until",
            ),
        ),
        migrations.AddIndex(
            model_name="agreementsignaturehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_691a00_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementsignature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("side", "ours")),
                fields=("version", "recorded_by_id"),
                name="an_officer_signs_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementsignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("how", "officer"), ("side", "ours")),
                    models.Q(
                        ("how", "key"),
                        ("side", "theirs"),
                        models.Q(("signature", ""), _negated=True),
                        models.Q(("kid", ""), _negated=True),
                    ),
                    models.Q(
                        ("how", "paper"),
                        ("side", "theirs"),
                        models.Q(("paper_reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="signature_shows_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="agreementversionhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ag_pgh_obj_565802_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="announcementhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_an_pgh_obj_3cf11c_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                fields=["agency", "opened_at"], name="exchange_in_agency__54c5e8_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="assertionseen",
            constraint=models.UniqueConstraint(fields=("agency", "jti"), name="assertion_once"),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(
                fields=["person_id", "disclosed_at"], name="exchange_di_person__9655a8_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.UniqueConstraint(
                fields=("inquiry", "person_id"), name="disclosed_once"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["next_at"],
                name="exchange_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "dead")), fields=["endpoint"], name="exchange_dead"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "position"), name="delivered_once"
            ),
        ),
        migrations.AddIndex(
            model_name="endpointhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_en_pgh_obj_be52d3_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="holdhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_ho_pgh_obj_c41894_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(
                fields=["state", "received_at"], name="exchange_in_state_ef5134_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="inbound",
            constraint=models.UniqueConstraint(
                fields=("agency", "message_id"), name="one_inbound_an_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="inbound",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["applied", "rejected"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="inbound_says_when_it_was_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_in_pgh_obj_e501de_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="inboundstephistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_in_pgh_obj_c4ac53_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["type", "made_at"], name="exchange_me_type_0cf6d6_idx"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["hold"], name="exchange_held"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("event_id", "type"), name="one_message_an_event"
            ),
        ),
        migrations.AddIndex(
            model_name="orderclockhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="exchange_or_pgh_obj_55a18f_idx"
            ),
        ),
    ]
