"""What the file store of secrets promises: made once, closed, and never made again by mistake."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pims.foundation.database import places
from pims.foundation.vault import secrets
from pims.foundation.vault.secrets import SecretsMissing


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PIMS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("PIMS_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setattr(places, "SERVER_HOMES", tmp_path / "homes")
    return tmp_path


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_secret_is_made_once_and_read_ever_after() -> None:
    first = secrets.database_password("app")
    assert len(first) >= 32
    assert secrets.database_password("app") == first
    assert secrets.database_password("owner") != first
    assert secrets.django_secret_key() not in (first, "")


def test_only_its_user_reads_a_secret(store: Path) -> None:
    secrets.django_secret_key()
    assert stat.S_IMODE((store / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((store / "secrets" / "django-secret-key").stat().st_mode) == 0o600


def test_the_state_holds_the_names_of_secrets_and_no_secret(store: Path) -> None:
    value = secrets.read_or_create("master-key", lambda: b"very secret")
    assert value == b"very secret"
    state = _everything(store / "var")
    assert any(b"master-key" in content for content in state.values())
    assert not any(b"very secret" in content for content in state.values())


def test_a_secret_that_went_missing_is_not_made_again(store: Path) -> None:
    secrets.read_or_create("master-key", lambda: b"one")
    path = store / "secrets" / "master-key"
    path.unlink()
    before = _everything(store)
    with pytest.raises(SecretsMissing, match="Nothing was changed") as refused:
        secrets.read_or_create("master-key", lambda: b"two")
    assert str(path) in str(refused.value)
    assert refused.value.reasons()[0].params == {"path": str(path)}
    assert _everything(store) == before


def test_state_that_came_without_its_secrets_is_refused(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.database_password("app")
    monkeypatch.setenv("PIMS_SECRETS", str(store / "elsewhere"))
    with pytest.raises(SecretsMissing, match="elsewhere"):
        secrets.database_password("app")


def test_a_database_without_an_index_of_secrets_is_refused(store: Path) -> None:
    data = places.server_home() / "pg15"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(SecretsMissing):
        secrets.database_password("app")
    assert not (store / "secrets" / "database-app").exists()


def test_a_new_kind_of_secret_can_join_an_instance_with_state() -> None:
    secrets.database_password("app")
    data = places.server_home() / "pg15"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    assert secrets.read_or_create("ledger-key", lambda: b"new") == b"new"


def test_two_who_ask_at_once_are_given_the_same() -> None:
    makers = iter(range(100))
    with ThreadPoolExecutor(8) as pool:
        values = list(
            pool.map(
                lambda _: secrets.read_or_create("k", lambda: str(next(makers)).encode()), range(40)
            )
        )
    assert set(values) == {b"0"}


def test_a_secret_half_written_is_never_read(store: Path) -> None:
    def fails() -> bytes:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        secrets.read_or_create("k", fails)
    assert not secrets.exists("k")
    assert secrets.read_or_create("k", lambda: b"whole") == b"whole"
    secrets.replace("k", b"rotated")
    assert secrets.read_or_create("k", fails) == b"rotated"


@pytest.mark.parametrize("name", ["", "../etc/passwd", "a/b", "a.b", "á"])
def test_a_name_can_not_leave_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match="name of a secret"):
        secrets.secret_path(name)
