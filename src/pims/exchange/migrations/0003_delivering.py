"""How pushing goes, where it may go to, how long silence may last, and who seconds an amnesty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="AllowedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=50)),
                ("plain", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=300)),
                ("allowed_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "exchange_allowed_address",
            },
        ),
        migrations.CreateModel(
            name="EndpointState",
            fields=[
                (
                    "endpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="goes",
                        serialize=False,
                        to="exchange.endpoint",
                    ),
                ),
                ("queued_upto", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
                ("beat_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "exchange_endpoint_state",
            },
        ),
        migrations.AddField(
            model_name="announcement",
            name="second_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="announcement",
            name="seconded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="announcementhistory",
            name="second_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="announcementhistory",
            name="seconded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="first_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="state_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="state_reason",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="endpointhistory",
            name="state_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endpointhistory",
            name="state_reason",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="endpointhistory",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="message",
            name="held_as",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.CreateModel(
            name="Beat",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("upto", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "exchange_beat",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_beat")
                ],
            },
        ),
        migrations.CreateModel(
            name="Listening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "agreement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listening",
                        to="exchange.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_listening",
            },
        ),
        migrations.CreateModel(
            name="AllowedAddressHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("network", models.CharField(max_length=50)),
                ("plain", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=300)),
                ("allowed_at", models.DateTimeField()),
                ("recorded_by_id", models.BigIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="exchange.allowedaddress",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_allowed_address_history",
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["pgh_obj", "pgh_created_at"], name="exchange_al_pgh_obj_27c003_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListeningHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("minutes", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300)),
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
                        to="exchange.listening",
                    ),
                ),
            ],
            options={
                "db_table": "exchange_listening_history",
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["pgh_obj", "pgh_created_at"], name="exchange_li_pgh_obj_c8ecfd_idx"
                    )
                ],
            },
        ),
    ]
