"""Let the photograph of an injury be a file of the vault, and of nothing else.

The column stays as it is, in the table and in its history; it becomes a foreign key.
"""

import django.db.models.deletion
from django.db import migrations, models

CONSTRAIN = """
ALTER TABLE custody_injury ADD CONSTRAINT injury_photo_is_a_file
    FOREIGN KEY (photo_blob_id) REFERENCES vault_blob (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX injury_by_photo ON custody_injury (photo_blob_id);
"""
RELEASE = """
DROP INDEX injury_by_photo;
ALTER TABLE custody_injury DROP CONSTRAINT injury_photo_is_a_file;
"""


def as_a_link(model: str, **options: object) -> list[migrations.operations.base.Operation]:
    return [
        migrations.RemoveField(model_name=model, name="photo_blob_id"),
        migrations.AddField(
            model_name=model,
            name="photo",
            field=models.ForeignKey(
                db_column="photo_blob_id",
                null=True,
                related_name="+",
                to="vault.blob",
                **options,
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("custody", "0001_initial"), ("vault", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CONSTRAIN, RELEASE)],
            state_operations=[
                *as_a_link("injury", on_delete=django.db.models.deletion.PROTECT),
                *as_a_link(
                    "injuryhistory",
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_query_name="+",
                ),
            ],
        ),
    ]
