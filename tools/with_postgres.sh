#!/usr/bin/env bash
# Run a command with a PostgreSQL cluster of its own, and remove the cluster afterwards.
#
#     tools/with_postgres.sh [--hasty] COMMAND [ARGUMENT ...]
#
# The command finds the cluster in EXCHANGE_NODE_TEST_DSN. The cluster lives in a fresh folder under
# /tmp and listens on a socket in that folder and on no network address, so that several can run
# side by side and nobody else's programs meet it. initdb refuses root, so root lends it to the user
# postgres, or nobody where there is none.
#
# --hasty: the server does not wait for the disk, and lives in memory where /dev/shm has a gigabyte.
# That is for tests, which make and drop two databases each and never pull the machine's plug; what
# is measured has to wait as it would in earnest.
#
# Without PostgreSQL on this machine the command is not run: that is said aloud and is no failure,
# unless EXCHANGE_NODE_REQUIRE_POSTGRES is set.
set -euo pipefail

haste=
if [ "${1:-}" = --hasty ]; then
  haste="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  shift
fi
if [ "$#" -eq 0 ]; then
  echo "usage: tools/with_postgres.sh [--hasty] COMMAND [ARGUMENT ...]" >&2
  exit 2
fi

# Print the folder of the newest PostgreSQL that has a server: Debian keeps it off PATH.
find_binaries() {
  local folder
  if command -v initdb >/dev/null && command -v postgres >/dev/null; then
    dirname "$(readlink -f "$(command -v initdb)")"
    return
  fi
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
      echo "$folder"
      return
    fi
  done
}

binaries=$(find_binaries)
if [ -z "$binaries" ]; then
  echo "skipped: no PostgreSQL (no initdb on PATH or in /usr/lib/postgresql/*/bin); not run: $*" >&2
  [ -z "${EXCHANGE_NODE_REQUIRE_POSTGRES:-}" ] || exit 1
  exit 0
fi

ground=/tmp
free_kb=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1) || free_kb=0
if [ -n "$haste" ] && [ -w /dev/shm ] && [ "${free_kb:-0}" -gt 1048576 ]; then ground=/dev/shm; fi
place=$(mktemp -d "$ground/exchange-node-postgres.XXXXXX")  # short: a socket's path has at most 107 bytes
cluster=$place/cluster
log=$place/log

as_owner() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
  owner=postgres
  id -u "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$place"
  as_owner() { (cd "$place" && runuser -u "$owner" -- "$@"); }
fi

stop() {
  if [ -f "$cluster/postmaster.pid" ]; then
    as_owner "$binaries/pg_ctl" --pgdata="$cluster" --mode=immediate --silent stop || true
  fi
  rm -rf "$place"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

complain() {
  echo "PostgreSQL in $binaries did not start:" >&2
  cat "$log" >&2
  exit 1
}

# The folder is closed to other users, and so is the socket in it: `trust` opens it to us alone.
as_owner "$binaries/initdb" --pgdata="$cluster" --username=exchange_node --auth=trust \
  --encoding=UTF8 --locale=C --no-instructions >"$log" 2>&1 || complain
as_owner "$binaries/pg_ctl" --pgdata="$cluster" --log="$cluster/server.log" --wait --timeout=60 --silent \
  --options="-c listen_addresses= -c unix_socket_directories=$place -c max_connections=200 $haste" \
  start >>"$log" 2>&1 || { cat "$cluster/server.log" >>"$log" 2>/dev/null || true; complain; }

export EXCHANGE_NODE_TEST_DSN="postgresql+psycopg://exchange_node@/postgres?host=$place"
echo "$("$binaries/postgres" --version) for this run: $EXCHANGE_NODE_TEST_DSN" >&2

status=0
"$@" || status=$?
exit "$status"
