"""The triggers that keep history, made to agree with the models after every migration.

They are not in the migration files: as operations there they multiply the time of a first
migration, and a trigger is right only when it agrees with the table as it is now.
"""

from django.db import connection, transaction
from pgtrigger import registry
from pgtrigger.installation import prune


def sync_triggers() -> int:
    """Install what is missing or differs, remove what no model asks for; how many were installed.

    The default connection must be the owner's. Where all agree, nothing is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname, coalesce(obj_description(pg_trigger.oid, 'pg_trigger'), '')"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relnamespace = 'public'::regnamespace AND tgname LIKE 'pgtrigger\\_%%'"
            " AND tgenabled = 'O'"
        )
        there = {(table, name): digest for table, name, digest in cursor.fetchall()}
    installed = 0
    with transaction.atomic():
        for model, trigger in registry.registered():
            key = (model._meta.db_table, trigger.get_pgid(model))
            if there.get(key) != trigger.compile(model).hash:
                trigger.install(model)
                installed += 1
        prune()
    return installed
