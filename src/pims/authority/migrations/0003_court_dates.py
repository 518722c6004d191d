"""Keep every next appearance that was named, with the instant from which it stood."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0002_release_orders_that_fell"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CourtDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("appears_on", models.DateField(null=True)),
                ("recorded_by_id", models.BigIntegerField()),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dates",
                        to="authority.warrantname",
                    ),
                ),
            ],
            options={
                "db_table": "authority_court_date",
            },
        ),
        migrations.CreateModel(
            name="CourtDateHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("given_at", models.DateTimeField()),
                ("appears_on", models.DateField(null=True)),
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
                        to="authority.courtdate",
                    ),
                ),
                (
                    "warrant_name",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="authority.warrantname",
                    ),
                ),
            ],
            options={
                "db_table": "authority_court_date_history",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="courtdate",
            index=models.Index(
                fields=["warrant_name", "given_at"], name="authority_c_warrant_a51e66_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="courtdatehistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="authority_c_pgh_obj_091db0_idx"
            ),
        ),
        # What stood before dates were kept is not known: the one named last is kept as the first.
        migrations.RunSQL(
            """
            INSERT INTO authority_court_date
                (warrant_name_id, person_id, given_at, appears_on, recorded_by_id)
            SELECT id, person_id, starts_at, next_appearance, recorded_by_id
            FROM authority_warrant_name WHERE next_appearance IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
