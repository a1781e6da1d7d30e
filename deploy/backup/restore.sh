#!/bin/sh
# Restores a backup: the data, .env, config/, routes/site/ and extra/. The current files are moved aside, never deleted. EPMPulse must
# be installed and stopped: shipped routes are those of the installed version, not those of the backup.
#
# The data goes to the folder that EPMPulse reads with the restored .env (EPMPULSE_DATA_DIR). If that is not FOLDER/data, the current
# data is moved aside inside of it, because it may be on another disk.
#
# A backup of a node with a database has no data: the data folder stays as it is, and the database is restored with its own tools.
#
# The restored store gets a new id, so that clients that remember the previous one (ETags) read everything again.
#
# usage: restore.sh BACKUP [FOLDER]          default: /opt/epmpulse
set -eu
umask 077

fail() {
  echo "restore.sh: $*" >&2
  exit 1
}

[ $# = 1 ] || [ $# = 2 ] || fail "usage: restore.sh BACKUP [FOLDER]"
backup=$1
home=${2:-/opt/epmpulse}
[ -f "$backup/SHA256SUMS" ] || fail "$backup is not a backup"
(cd "$backup" && sha256sum --check --quiet --strict SHA256SUMS) || fail "$backup is damaged"

# Fails if EPMPulse runs with this data folder.
require_stopped() {
  pid=$(cat "$1/epmpulse.lock" 2>/dev/null || true)
  if [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q 'epmpulse\.jar'; then
    fail "EPMPulse is running (process $pid): stop it first"
  fi
}

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/../env-setting.sh"
current=$(data_folder "$home" "$home/.env")
settings=$backup/.env
[ -e "$settings" ] || settings=$home/.env
data=$(data_folder "$home" "$settings")
require_stopped "$current"
require_stopped "$data"
[ ! -e "$data/epmpulse.jar" ] || fail "the data folder $data has the program, too: set another EPMPULSE_DATA_DIR in $settings"

now=$(date -u +%Y%m%dT%H%M%SZ)
aside=$home/before-restore-$now
mkdir -p "$aside" "$home/routes"
if [ -e "$backup/data" ]; then
  data_aside=$aside/data
  [ "$data" = "$home/data" ] || data_aside=$data/before-restore-$now
  # The service must be able to reach the folder.
  (umask 022 && mkdir -p "$(dirname "$data")")
  mkdir -p "$data" "$data_aside"
  find -H "$data" -mindepth 1 -maxdepth 1 ! -name 'before-restore-*' -exec mv -t "$data_aside" {} +
  cp -R -P "$backup/data/." "$data/"
  # At the next start the store takes a new id and removes this file.
  : >"$data/restored"
fi
for item in .env config routes/site extra; do
  [ -e "$backup/$item" ] || continue
  if [ -e "$home/$item" ]; then
    mkdir -p "$(dirname "$aside/$item")"
    mv "$home/$item" "$aside/$item"
  fi
  cp -R -P "$backup/$item" "$home/$item"
done
if [ "$(id -u)" = 0 ] && id epmpulse >/dev/null 2>&1; then
  [ ! -e "$backup/data" ] || chown -R -H epmpulse:epmpulse "$data"
  for item in .env config; do
    [ ! -e "$home/$item" ] || chown -R root:epmpulse "$home/$item"
    [ ! -e "$home/$item" ] || chmod -R u=rwX,g=rX,o= "$home/$item"
  done
  for item in routes/site extra; do
    [ ! -e "$home/$item" ] || chmod -R u=rwX,go=rX "$home/$item"
  done
fi
echo "Restored $backup; the previous files are in $aside"
[ "${data_aside:-$aside/data}" = "$aside/data" ] || echo "The data is in $data, the previous one in $data_aside"
