"""Keep what each order did, row by row; what a second reading was taken for; whose word it was."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0006_orders_found_by_their_text"),
        ("courts", "0001_initial"),
        ("people", "0002_any_day_of_death"),
    ]

    operations = [
        migrations.AddField(
            model_name="courtorder",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="courtorder",
            name="confirmed_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="courtorder",
            name="confirmed_phone",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="courtorder",
            name="confirmed_spoke_to",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="courtorder",
            name="fell_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="courtorderhistory",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="courtorderhistory",
            name="confirmed_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="courtorderhistory",
            name="confirmed_phone",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="courtorderhistory",
            name="confirmed_spoke_to",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="courtorderhistory",
            name="fell_by_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="hearing",
            name="cancelled_by_order_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="hearing",
            name="named",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="hearing",
            name="next_hearing_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="hearinghistory",
            name="cancelled_by_order_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="hearinghistory",
            name="named",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="hearinghistory",
            name="next_hearing_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="secondreading",
            name="blind",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="secondreading",
            name="own_cause",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="secondreading",
            name="seen_by_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="secondreading",
            name="takes",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="secondreadinghistory",
            name="blind",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="secondreadinghistory",
            name="own_cause",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="secondreadinghistory",
            name="seen_by_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="secondreadinghistory",
            name="takes",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.CreateModel(
            name="OrderDeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("made_warrant", "Made Warrant"),
                            ("rests_on_warrant", "Rests On Warrant"),
                            ("moved_warrant", "Moved Warrant"),
                            ("ended_warrant", "Ended Warrant"),
                            ("made_release", "Made Release"),
                            ("rests_on_release", "Rests On Release"),
                            ("withdrew_release", "Withdrew Release"),
                            ("felled_order", "Felled Order"),
                            ("ended_sentence", "Ended Sentence"),
                            ("made_hearing", "Made Hearing"),
                            ("cancelled_hearing", "Cancelled Hearing"),
                            ("decided_charge", "Decided Charge"),
                        ],
                        max_length=20,
                    ),
                ),
                ("target_id", models.BigIntegerField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("effective_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deeds",
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
                "db_table": "courts_order_deed",
            },
        ),
        migrations.CreateModel(
            name="OrderDeedHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("made_warrant", "Made Warrant"),
                            ("rests_on_warrant", "Rests On Warrant"),
                            ("moved_warrant", "Moved Warrant"),
                            ("ended_warrant", "Ended Warrant"),
                            ("made_release", "Made Release"),
                            ("rests_on_release", "Rests On Release"),
                            ("withdrew_release", "Withdrew Release"),
                            ("felled_order", "Felled Order"),
                            ("ended_sentence", "Ended Sentence"),
                            ("made_hearing", "Made Hearing"),
                            ("cancelled_hearing", "Cancelled Hearing"),
                            ("decided_charge", "Decided Charge"),
                        ],
                        max_length=20,
                    ),
                ),
                ("target_id", models.BigIntegerField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("effective_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
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
                        to="courts.orderdeed",
                    ),
                ),
            ],
            options={
                "db_table": "courts_order_deed_history",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="orderdeed",
            index=models.Index(fields=["what", "target_id"], name="courts_orde_what_cc9677_idx"),
        ),
        migrations.AddIndex(
            model_name="orderdeed",
            index=models.Index(fields=["order"], name="courts_orde_order_i_669c48_idx"),
        ),
        migrations.AddIndex(
            model_name="orderdeed",
            index=models.Index(fields=["person"], name="courts_orde_person__2e99ff_idx"),
        ),
        migrations.AddIndex(
            model_name="orderdeedhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="courts_orde_pgh_obj_f2e559_idx"
            ),
        ),
        # What was done before deeds were kept: whether the paper was on record before the order says
        # whether the order made it.
        migrations.RunSQL(
            """
            INSERT INTO courts_order_deed
                (order_id, person_id, what, target_id, before, after, at, effective_at,
                 recorded_by_id)
            SELECT o.id, o.person_id,
                CASE WHEN o.recorded_at - interval '5 seconds' > (
                    SELECT min(h.pgh_created_at) FROM authority_warrant_name_history h
                    WHERE h.pgh_obj_id = o.warrant_name_id
                ) THEN 'rests_on_warrant' ELSE 'made_warrant' END,
                o.warrant_name_id, '{}'::jsonb, '{}'::jsonb, o.holds_from, o.recorded_at, o.recorded_by_id
            FROM courts_order o WHERE o.warrant_name_id IS NOT NULL AND o.state <> 'void'
            UNION ALL
            SELECT o.id, o.person_id,
                CASE WHEN o.recorded_at - interval '5 seconds' > (
                    SELECT min(h.pgh_created_at) FROM authority_release_order_history h
                    WHERE h.pgh_obj_id = o.release_order_id
                ) THEN 'rests_on_release' ELSE 'made_release' END,
                o.release_order_id, '{}'::jsonb, '{}'::jsonb, o.holds_from, o.recorded_at, o.recorded_by_id
            FROM courts_order o WHERE o.release_order_id IS NOT NULL AND o.state <> 'void'
            UNION ALL
            SELECT o.id, o.person_id, 'ended_warrant', ended.id, '{}'::jsonb,
                jsonb_build_object('end_kind', w.end_kind), o.holds_from, o.recorded_at,
                o.recorded_by_id
            FROM courts_order o
            CROSS JOIN LATERAL unnest(o.ended_warrant_name_ids) AS ended(id)
            JOIN authority_warrant_name w ON w.id = ended.id
            WHERE o.state <> 'void'
            UNION ALL
            SELECT o.id, o.person_id, 'felled_order', c.id, '{}'::jsonb,
                jsonb_build_object('state', c.state, 'sentences', coalesce(
                    (SELECT max(s.state) FROM courts_sentence s
                     WHERE s.order_id = c.id AND s.ended_at = c.state_at), 'replaced')),
                o.holds_from, o.recorded_at, o.recorded_by_id
            FROM courts_order o JOIN courts_order c ON c.id = o.changes_id
            WHERE o.id <> c.id AND o.state <> 'void' AND c.state NOT IN ('stands', 'void')
                AND c.state_at = o.holds_from
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            """
            UPDATE courts_order c SET fell_by_id = d.order_id FROM courts_order_deed d
            WHERE d.what = 'felled_order' AND d.target_id = c.id
            """,
            migrations.RunSQL.noop,
        ),
    ]
