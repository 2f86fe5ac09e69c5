# Find or make what the scripts need: Python, uv, and the environments under the repository.
#
# Sourced by the scripts. Everything made here lies under .tools/, .venv, .venv-peers and .venv-demo, all ignored by git;
# deleting them is a full reset. Nothing else on the machine is changed.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
TOOLS="$ROOT/.tools"
MINIMUM_PYTHON="3.14.2"
# A user's own settings of these would point the environments somewhere else.
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
export UV_NO_CONFIG=1 UV_LINK_MODE="${UV_LINK_MODE:-copy}" UV_PYTHON_INSTALL_DIR="$TOOLS/pythons"

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# Is $1 a Python that Home Assistant runs on?
is_recent_python() {
  [ -n "${1:-}" ] && command -v "$1" >/dev/null 2>&1 &&
    "$1" -c "import sys, ssl, sqlite3, ctypes, lzma, bz2
sys.exit(sys.version_info < tuple(map(int, '$MINIMUM_PYTHON'.split('.'))))" >/dev/null 2>&1
}

# Sets UV. Taken from the machine where it is recent enough, or installed into .tools/ with whatever Python there is.
need_uv() {
  UV="$(command -v uv 2>/dev/null || true)"
  [ -n "$UV" ] && "$UV" venv --help 2>/dev/null | grep -q -e '--clear' && return
  UV="$TOOLS/uv/bin/uv"
  [ -x "$UV" ] && return
  local python
  for python in python3.14 python3 python; do
    command -v "$python" >/dev/null 2>&1 || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || continue
    say "Installing uv into .tools/ …"
    rm -rf "$TOOLS/uv"
    mkdir -p "$TOOLS/uv"
    # --target works where the distribution leaves out ensurepip.
    if "$python" -m pip install --quiet --disable-pip-version-check --target "$TOOLS/uv" uv >&2 &&
      [ -x "$UV" ]; then
      return
    fi
  done
  die "uv is not installed and could not be installed with pip. Install it (https://docs.astral.sh/uv/) and try again."
}

# Sets PYTHON to a Python >= 3.14.2: the user's, the machine's, uv's, or a private one out of Debian's packages.
need_python() {
  local candidate
  if [ -n "${PYTHON:-}" ]; then
    is_recent_python "$PYTHON" || die "PYTHON=$PYTHON is not Python $MINIMUM_PYTHON or newer."
    return
  fi
  for candidate in python3.14 "$TOOLS/python/usr/bin/python3.14"; do
    if is_recent_python "$candidate"; then
      PYTHON="$candidate"
      return
    fi
  done
  need_uv
  candidate="$("$UV" python find --no-project --no-python-downloads ">=$MINIMUM_PYTHON" 2>/dev/null || true)"
  if is_recent_python "$candidate"; then
    PYTHON="$candidate"
    return
  fi
  say "Looking for Python $MINIMUM_PYTHON or newer …"
  if UV_HTTP_TIMEOUT=60 $(command -v timeout >/dev/null && echo timeout 300) \
    "$UV" python install 3.14 >/dev/null 2>&1; then
    candidate="$("$UV" python find --no-project ">=$MINIMUM_PYTHON" 2>/dev/null || true)"
    if is_recent_python "$candidate"; then
      PYTHON="$candidate"
      return
    fi
  fi
  "$ROOT/script/lib/debian_python" "$UV" "$TOOLS/python" >&2 || true
  candidate="$TOOLS/python/usr/bin/python3.14"
  is_recent_python "$candidate" ||
    die "Python $MINIMUM_PYTHON or newer was not found and could not be fetched. Install it, or set PYTHON=/path/to/python3.14."
  PYTHON="$candidate"
}

# need_environment DIRECTORY REQUIREMENTS [OPTIONS]: an environment that holds exactly these pinned requirements.
# A second call with the same file costs nothing.
need_environment() {
  local directory="$ROOT/$1" requirements="$ROOT/$2" stamp
  local install=(pip install --quiet --python "$directory/bin/python" --compile-bytecode "${@:3}" -r "$requirements")
  stamp="$directory/.installed"
  if [ -x "$directory/bin/python" ] && cmp -s "$requirements" "$stamp" &&
    "$directory/bin/python" -c '' 2>/dev/null; then
    return
  fi
  need_uv
  need_python
  say "Installing $2 into $1 …"
  rm -f "$stamp"
  "$UV" venv --quiet --clear --no-project --python "$PYTHON" "$directory" >&2 || die "could not make $1."
  # Where a network's own certificate stands before the index, the machine's store knows it and uv's does not.
  "$UV" "${install[@]}" >&2 || UV_SYSTEM_CERTS=1 "$UV" "${install[@]}" >&2 ||
    die "could not install $2: is the package index reachable?"
  cp "$requirements" "$stamp"
}

need_test_environment() { need_environment .venv requirements_test.txt; }
need_peers_environment() { need_environment .venv-peers requirements_peers.txt --no-deps; }
need_demo_environment() { need_environment .venv-demo requirements_demo.txt; }
