"""Where this installation keeps its state and its secrets.

State (`var/`) may be copied, backed up and carried away; secrets (master key, database
passwords, signing keys) live elsewhere, so that a copy of the state alone opens nothing.
"""

import hashlib
import os
from pathlib import Path


def var_dir() -> Path:
    """State: `PIMS_VAR`, else `var/` in the working directory."""
    return Path(os.environ.get("PIMS_VAR", "var")).resolve()


def instance_id() -> str:
    """A short name of this installation, from the place of its state."""
    return hashlib.sha256(str(var_dir()).encode()).hexdigest()[:12]


def secrets_dir() -> Path:
    """Secrets: `PIMS_SECRETS`, else under the user's configuration folder, one an instance."""
    if explicit := os.environ.get("PIMS_SECRETS"):
        return Path(explicit).resolve()
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "pims" / instance_id()
