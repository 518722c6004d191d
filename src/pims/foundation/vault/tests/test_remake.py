"""When the secrets folder is lost: with the shares and nothing else the system comes back."""

import shutil

import psycopg
import pytest
from typer.testing import CliRunner

from pims.foundation.database import urls
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.roles import prepare_server
from pims.foundation.database.tests.conftest import (  # noqa: F401 - fixtures
    Instance,
    empty_instance,
    initialised,
    instance,
)
from pims.foundation.vault import cli, recovery, secrets
from pims.foundation.vault.ciphers import master_secret, new_key
from pims.foundation.vault.remake import remake, sort_missing
from pims.foundation.vault.shares import split_key


def test_after_the_whole_folder_is_lost_shares_and_remaking_bring_it_back(
    instance: Instance,  # noqa: F811
) -> None:
    cluster = instance.cluster()
    cluster.start()
    prepare_server(database=urls.DATABASE)
    secrets.django_secret_key()
    master = secrets.read_or_create(master_secret(1), new_key)
    shares = split_key(master, version=1, threshold=2, shares=3)
    before = {role: urls.dsn(role) for role in urls.ROLES}
    cluster.stop()
    shutil.rmtree(instance.secrets)

    with pytest.raises(secrets.SecretsMissing):
        urls.dsn("app")
    refused = CliRunner().invoke(cli.app, ["remake", "--yes"])
    assert refused.exit_code == 1
    assert "master-1" in refused.output
    recovery.recover(shares[:2])
    done = CliRunner().invoke(cli.app, ["remake", "--yes"])
    assert done.exit_code == 0, done.output

    assert secrets.missing_names() == []
    assert secrets.read_or_create(master_secret(1), new_key) == master
    cluster = instance.cluster()
    cluster.start()
    for role in urls.ROLES:
        assert urls.dsn(role) != before[role]
        with psycopg.connect(urls.dsn(role)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"pims_{role}",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(before["app"])
    secrets.secret_path("database-app").unlink()
    with pytest.raises(DatabaseUnavailable):
        remake(sort_missing()[0])
    assert sort_missing()[0] == ["database-app"]
