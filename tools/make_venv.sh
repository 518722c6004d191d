#!/bin/sh
# Make the virtual environment $1 with the first Python on the machine that can.
set -eu
for python in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1; then
        echo "Making $1 with $("$python" --version) …"
        exec "$python" -m venv "$1"
    fi
done
cat >&2 <<'END'
PIMS needs Python 3.11 or later with its venv module, and none was found.
  Debian, Ubuntu:  apt-get install python3 python3-venv
  Fedora:          dnf install python3
  or name one:     make up PYTHON=/path/to/python3
END
exit 1
