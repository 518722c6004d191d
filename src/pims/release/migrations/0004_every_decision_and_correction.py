"""Keep every decision about an identity and every correction of a discharge in a row of its own.

What the discharges and their histories hold of either is copied, as far as it was kept.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

KEEP_CORRECTIONS = """
    INSERT INTO release_discharge_correction
        (discharge_id, moved_from, moved_to, reason, corrected_at, corrected_by_id)
    SELECT id, CASE WHEN at <> was THEN was END, CASE WHEN at <> was THEN at END,
        correction_reason, corrected_at, corrected_by_id
    FROM (
        SELECT id, at, correction_reason, corrected_at, corrected_by_id,
            lag(at) OVER earlier AS was, lag(corrected_at) OVER earlier AS corrected_before
        FROM release_discharge_history
        WINDOW earlier AS (PARTITION BY id ORDER BY pgh_id)
    ) AS version
    WHERE corrected_at IS DISTINCT FROM corrected_before
        AND corrected_at IS NOT NULL
        AND EXISTS (SELECT FROM release_discharge d WHERE d.id = version.id)
    ORDER BY corrected_at;
    INSERT INTO release_discharge_correction_history
        (pgh_created_at, pgh_label, pgh_obj_id, id, discharge_id, moved_from, moved_to, reason,
        corrected_at, corrected_by_id)
    SELECT corrected_at, 'insert', id, id, discharge_id, moved_from, moved_to, reason,
        corrected_at, corrected_by_id
    FROM release_discharge_correction;
"""
# A decision answered every no that stood when it was made: those since the one before it.
KEEP_DECISIONS = """
    INSERT INTO release_identity_decision (case_id, answers, reason, decided_at, decided_by_id)
    SELECT decision.case_id, jsonb_agg(said.id ORDER BY said.id), decision.note, decision.at,
        decision.by_id
    FROM (
        SELECT case_id, note, at, by_id,
            lag(at) OVER (PARTITION BY id ORDER BY pgh_id) AS decided_before
        FROM release_item_history
        WHERE code = 'identity_decided' AND pgh_label <> 'delete'
    ) AS decision
    JOIN release_case c ON c.id = decision.case_id
    JOIN custody_identity_check said
        ON said.episode_id = c.episode_id AND said.purpose = 'discharge' AND NOT said.matched
        AND said.at <= decision.at
        AND (decision.decided_before IS NULL OR said.at > decision.decided_before)
    GROUP BY decision.case_id, decision.note, decision.at, decision.by_id
    ORDER BY decision.at;
    INSERT INTO release_identity_decision_history
        (pgh_created_at, pgh_label, pgh_obj_id, id, case_id, answers, reason, decided_at,
        decided_by_id)
    SELECT decided_at, 'insert', id, id, case_id, answers, reason, decided_at, decided_by_id
    FROM release_identity_decision;
"""

DECISION = {
    "answers": models.JSONField(default=list),
    "reason": models.CharField(max_length=500),
    "decided_at": models.DateTimeField(),
    "decided_by_id": models.BigIntegerField(),
}
CORRECTION = {
    "moved_from": models.DateTimeField(null=True),
    "moved_to": models.DateTimeField(null=True),
    "reason": models.CharField(max_length=500),
    "corrected_at": models.DateTimeField(),
    "corrected_by_id": models.BigIntegerField(),
}


def table(
    name: str, db_table: str, *, of: str, related_name: str, to: str, holds: dict[str, models.Field]
) -> list[migrations.CreateModel]:
    """A table whose rows hang from `to` by the column `of`, and its history."""
    own = models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    to_owner = models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to
    )

    def unbound(target: str, back: str) -> models.ForeignKey:
        return models.ForeignKey(
            db_constraint=False,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name=back,
            related_query_name=back,
            to=target,
        )

    return [
        migrations.CreateModel(
            name=name,
            fields=[("id", own), *((n, f.clone()) for n, f in holds.items()), (of, to_owner)],
            options={"db_table": db_table},
        ),
        migrations.CreateModel(
            name=f"{name}History",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                *((n, f.clone()) for n, f in holds.items()),
                (of, unbound(to, "+")),
                ("pgh_obj", unbound(f"release.{name.lower()}", "history")),
            ],
            options={"db_table": f"{db_table}_history", "abstract": False},
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0005_instants_hold_nothing"),
        ("release", "0003_discharges_put_right"),
    ]

    operations = [
        *table(
            "IdentityDecision",
            "release_identity_decision",
            of="case",
            related_name="identity_decisions",
            to="release.dischargecase",
            holds=DECISION,
        ),
        *table(
            "DischargeCorrection",
            "release_discharge_correction",
            of="discharge",
            related_name="corrections",
            to="release.discharge",
            holds=CORRECTION,
        ),
        migrations.AddIndex(
            model_name="identitydecisionhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_ide_pgh_obj_fcbed6_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="dischargecorrectionhistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_dis_pgh_obj_d3ac3b_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="dischargecorrection",
            index=models.Index(fields=["moved_from"], name="release_dis_moved_f_a8e9f7_idx"),
        ),
        migrations.AddConstraint(
            model_name="identitydecision",
            constraint=models.CheckConstraint(
                condition=~Q(answers=[]), name="decision_answers_somebody"
            ),
        ),
        migrations.AddConstraint(
            model_name="dischargecorrection",
            constraint=models.CheckConstraint(
                condition=Q(moved_from__isnull=True, moved_to__isnull=True)
                | (
                    Q(moved_from__isnull=False, moved_to__isnull=False)
                    & ~Q(moved_from=F("moved_to"))
                ),
                name="correction_moves_from_one_hour_to_another",
            ),
        ),
        *(
            migrations.AddField(
                model_name=model,
                name="reached_officer_id",
                field=models.BigIntegerField(null=True),
            )
            for model in ("discharge", "dischargehistory")
        ),
        migrations.RunSQL(KEEP_CORRECTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP_DECISIONS, migrations.RunSQL.noop),
    ]
