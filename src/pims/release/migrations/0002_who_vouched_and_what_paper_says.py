"""Keep which officers vouched for an identity, and whom and what a discharge on paper names."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("release", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="discharge",
            name="first_name",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="discharge",
            name="order_seen",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="dischargehistory",
            name="first_name",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="dischargehistory",
            name="order_seen",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AlterField(
            model_name="discharge",
            name="first_officer_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="discharge",
            name="second_how",
            field=models.CharField(
                choices=[
                    ("present", "Present"),
                    ("telephone", "Telephone"),
                    ("paper", "Paper"),
                    ("none", "None"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="dischargehistory",
            name="first_officer_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="dischargehistory",
            name="second_how",
            field=models.CharField(
                choices=[
                    ("present", "Present"),
                    ("telephone", "Telephone"),
                    ("paper", "Paper"),
                    ("none", "None"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Vouching",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("named_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(null=True)),
                ("denied_at", models.DateTimeField(null=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchings",
                        to="release.dischargecase",
                    ),
                ),
            ],
            options={
                "db_table": "release_vouching",
            },
        ),
        migrations.CreateModel(
            name="VouchingHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("named_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(null=True)),
                ("denied_at", models.DateTimeField(null=True)),
                ("recorded_by_id", models.BigIntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="release.dischargecase",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        related_query_name="history",
                        to="release.vouching",
                    ),
                ),
            ],
            options={
                "db_table": "release_vouching_history",
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="vouching",
            constraint=models.UniqueConstraint(
                fields=("case", "user_id"), name="an_officer_vouches_once"
            ),
        ),
        migrations.AddIndex(
            model_name="vouchinghistory",
            index=models.Index(
                fields=["pgh_obj", "pgh_created_at"], name="release_vou_pgh_obj_e043ca_idx"
            ),
        ),
    ]
