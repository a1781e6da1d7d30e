#!/bin/sh
# Restores a backup: the data, .env, config/, routes/site/ and extra/. The current files are moved aside, never deleted. EPMPulse must
# be installed and stopped: shipped routes are those of the installed version, not those of the backup.
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
pid=$(cat "$home/data/epmpulse.lock" 2>/dev/null || true)
if [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q 'epmpulse\.jar'; then
  fail "EPMPulse is running (process $pid): stop it first"
fi

aside=$home/before-restore-$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$aside" "$home/routes"
for item in data .env config routes/site extra; do
  [ -e "$backup/$item" ] || continue
  if [ -e "$home/$item" ]; then
    mkdir -p "$(dirname "$aside/$item")"
    mv "$home/$item" "$aside/$item"
  fi
  cp -R -P "$backup/$item" "$home/$item"
done
if [ -e "$backup/data" ]; then
  # At the next start the store takes a new id and removes this file.
  : >"$home/data/restored"
fi
if [ "$(id -u)" = 0 ] && id epmpulse >/dev/null 2>&1; then
  [ ! -e "$home/data" ] || chown -R epmpulse:epmpulse "$home/data"
  for item in .env config; do
    [ ! -e "$home/$item" ] || chown -R root:epmpulse "$home/$item"
    [ ! -e "$home/$item" ] || chmod -R u=rwX,g=rX,o= "$home/$item"
  done
  for item in routes/site extra; do
    [ ! -e "$home/$item" ] || chmod -R u=rwX,go=rX "$home/$item"
  done
fi
echo "Restored $backup; the previous files are in $aside"
