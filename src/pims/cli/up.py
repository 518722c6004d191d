"""`pims up`: start the parts in order, say where they answer, keep them running."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rich.table import Table

from pims.cli import agency_parts, parts
from pims.cli.prepared import is_prepared, shows_demo_sign_ins
from pims.cli.telling import say
from pims.config import instance
from pims.foundation.database import urls
from pims.foundation.database.launcher import instance_cluster
from pims.foundation.supervisor.lock import (
    MARK,
    AlreadyRunning,
    InstallationLock,
    clear_left_running,
)
from pims.foundation.supervisor.supervisor import StartFailed, Stopped, Supervisor

DONE, FAILED = 0, 1


def serve(*, port: int, demo: bool) -> int:
    """Run PIMS until asked to stop; gives the exit code."""
    began = time.monotonic()
    try:
        lock = InstallationLock(instance.var_dir() / "run")
    except AlreadyRunning as already:
        _say_already_running(already)
        return FAILED
    address = f"http://{parts.HERE}:{port}"
    supervisor: Supervisor | None = None
    try:
        lock.announce(address)
        if cleared := clear_left_running(instance.instance_id()):
            say(f"Ended {cleared} processes that an earlier start had left")
        if fault := parts.fault_of_port(port):
            _say_port_not_to_be_had(port, fault)
            return FAILED
        supervisor = Supervisor(logs=instance.var_dir() / "log", env=_environment(port), say=say)
        supervisor.listen()
        agencies = _start(supervisor, port=port, demo=demo)
        _welcome(address, time.monotonic() - began, agencies)
        _start_agencies(supervisor, agencies)
        supervisor.run()
        say("Stopping …")
        return DONE
    except StepFailed as failed:
        return failed.code
    except StartFailed as failure:
        _say_start_failed(failure)
        return FAILED
    except Stopped:
        say("Stopping before everything was up …")
        return DONE
    finally:
        if supervisor is not None:
            supervisor.stop()
            say("Stopped.")
        lock.release()


@dataclass
class StepFailed(Exception):
    code: int


def _environment(port: int) -> dict[str, str]:
    """What every part is told. Paths are absolute: a part may run in another folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "pims.config.settings",
        "PIMS_VAR": str(instance.var_dir()),
        "PIMS_SECRETS": str(instance.secrets_dir()),
        "PIMS_PORT": str(port),
        "PIMS_EVENTS_PORT": str(parts.free_port_after(port)),
        "PYTHONUNBUFFERED": "1",
        MARK: instance.instance_id(),
    }


def _start(supervisor: Supervisor, *, port: int, demo: bool) -> Mapping[str, int]:
    """The ports of the demonstration's agencies; none where there are none."""
    if urls.is_external():
        say("Using the database server that DATABASE_URL names")
    else:
        with _step("Starting PostgreSQL"):
            cluster = instance_cluster(report=lambda text: say(f"  {text} …"))
            if cluster.is_running():
                say("  An earlier start's PostgreSQL is still there; stopping it first …")
                cluster.stop()
            supervisor.start(parts.database(cluster))
    if not is_prepared(demo=demo):
        choice = "--demo" if demo else "--no-demo"
        code = supervisor.run_step([sys.executable, "-m", "pims.cli", "prepare", choice])
        if code:
            raise StepFailed(code)
    with _step("Starting the pages, the live stream and the parts behind them"):
        supervisor.start(
            parts.sequencer(),
            parts.worker(),
            parts.gallery(),
            parts.agency(),
            parts.observatory(),
            parts.courier(),
            parts.events(int(supervisor.env["PIMS_EVENTS_PORT"])),
            parts.web(port),
        )
    if not demo or not agency_parts.is_registered():
        return {}
    # They are started once the pages answer: nobody waits for them.
    return _ports_of_agencies(supervisor)


def _ports_of_agencies(supervisor: Supervisor) -> Mapping[str, int]:
    """Their ports now. Where one was taken the agencies' folders say which it is instead, and if
    they cannot, whoever starts PIMS is told what to write there."""
    kept, now = agency_parts.kept_ports(), agency_parts.ports_now()
    if now == kept:
        return now
    for name in sorted(name for name in now if now[name] != kept[name]):
        holder = parts.who_listens(kept[name])
        by = f" by {holder}" if holder else ""
        say(f"Port {kept[name]} ({agency_parts.TITLES[name]}) is taken{by}: {now[name]} instead")
    step = [sys.executable, "-m", "pims.cli.agency_moves", json.dumps(now)]
    if supervisor.run_step(step):
        say(
            f"The agencies' folders in {agency_parts.folder()} could not be changed. In client.json"
            f" put https://localhost:{now['exchange']} (observatory:"
            f" https://localhost:{now['observatory_api']}), in call.env the same HOST."
        )
    else:
        say("A program that has a copy of client.json or call.env needs the new address too.")
    return now


def _start_agencies(supervisor: Supervisor, agencies: Mapping[str, int]) -> None:
    """Programs to talk to that do not come up stop nothing that is ready: they are tried again."""
    try:
        supervisor.start(*(agency_parts.services(agencies) if agencies else ()))
    except StartFailed as failure:
        _say_start_failed(failure)


@contextmanager
def _step(text: str) -> Iterator[None]:
    say(f"{text} …")
    began = time.monotonic()
    yield
    if (took := time.monotonic() - began) > 1:
        say(f"  done in {took:.1f} s")


def _welcome(address: str, seconds: float, agencies: Mapping[str, int]) -> None:
    ready = f"[bold]PIMS is ready[/bold] after {seconds:.1f} s: [bold]{address}[/bold]"
    say("", ready, markup=True)
    if shows_demo_sign_ins():
        say(_sign_ins())
    if agencies:
        say(_agencies(agencies))
    say(
        f"State and logs: {instance.var_dir()}",
        f"Secrets, to be kept apart from them: {instance.secrets_dir()}",
        "Ctrl-C stops it.",
    )


def _sign_ins() -> Table:
    from pims.demo.signins import SIGN_INS

    table = Table(title="Demo sign-ins", title_justify="left", box=None, header_style="bold")
    for heading in ("Role", "Name", "Badge", "PIN", "Password"):
        table.add_column(heading)
    for one in SIGN_INS:
        table.add_row(one.role, one.name, one.badge, one.pin, one.password)
    return table


def _agencies(ports: Mapping[str, int]) -> Table:
    table = Table(title="Agencies to talk to", title_justify="left", box=None, show_header=False)
    for name, (_, title) in agency_parts.PROGRAMS.items():
        table.add_row(title, f"http://{parts.HERE}:{ports[name]}/")
    # By the name that its certificate has.
    table.add_row("For your program", f"https://localhost:{ports['exchange']}")
    return table


def _say_already_running(already: AlreadyRunning) -> None:
    if already.running is None:
        say(f"PIMS is already being started on {instance.var_dir()}.")
    else:
        say(
            f"PIMS is already running: {already.running.address}"
            f" (process {already.running.pid}, state in {instance.var_dir()})."
        )
    say("Stop that one first, or give another installation its own PIMS_VAR.")


def _say_port_not_to_be_had(port: int, fault: OSError) -> None:
    if isinstance(fault, PermissionError):
        say(f"Port {port} is not for this account.")
    else:
        holder = parts.who_listens(port)
        say(f"Port {port} is in use" + (f" by {holder}." if holder else "."))
    other = parts.free_port_after(max(port, 8000) + 9)
    say(f"Choose another: PORT={other} make up, or: pims up --port {other}")


def _say_start_failed(failure: StartFailed) -> None:
    say(f"{failure.name} {failure.why}. It last said:")
    for line in failure.lines:
        say(f"  {line}")
    say(f"All of it is in {failure.log}")
    if os.environ.get("DATABASE_URL"):
        say("DATABASE_URL is set, so that server is used and none is started.")
