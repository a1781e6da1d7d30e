#!/bin/sh
# Copies everything that cannot be created again, while EPMPulse runs: the data, config/, .env, routes/ and extra/. The backup holds
# every update that was acknowledged before it began. Run by epmpulse-backup.timer or by cron.
#
# The order matters: first the state, then the journal, which contains at least the same updates. A half-written last line
# is dropped when EPMPulse starts with the copy, as after a crash. Closed days and jars do not change: they are hard links
# to the previous backup, so that thirty backups take little more space than one.
#
# The copy contains secrets (.env, data/api-key), so only its owner can read it. Left out: epmpulse.lock, and tokens/, which
# EPMPulse requests again. Of a link, the backup has the content.
#
# With EPMPULSE_DATABASE_URL the updates are in the database and only the rest is copied: back the database up with its own
# tools.
#
# Settings, from the environment or from /etc/default/epmpulse-backup, which wins:
#   BACKUP_FROM   /opt/epmpulse
#   BACKUP_DATA   EPMPULSE_DATA_DIR of $BACKUP_FROM/.env, by default $BACKUP_FROM/data
#   BACKUP_TO     /var/backups/epmpulse
#   BACKUP_DAYS   30: older backups are removed when a new one is complete
#   BACKUP_RSYNC  -: rsync target to which BACKUP_TO is mirrored, such as backup@host:epmpulse
set -eu
umask 077

if [ -r /etc/default/epmpulse-backup ]; then
  # shellcheck source=/dev/null
  . /etc/default/epmpulse-backup
fi
# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/../env-setting.sh"
from=${BACKUP_FROM:-/opt/epmpulse}
data=${BACKUP_DATA:-$(data_folder "$from" "$from/.env")}
database=${EPMPULSE_DATABASE_URL-$(env_setting "$from/.env" EPMPULSE_DATABASE_URL)}
to=${BACKUP_TO:-/var/backups/epmpulse}
days=${BACKUP_DAYS:-30}

fail() {
  echo "backup.sh: $*" >&2
  exit 1
}

if [ -z "$database" ]; then
  [ -d "$data/history" ] || fail "there is no journal in $data: set BACKUP_DATA, or EPMPULSE_DATA_DIR in $from/.env"
  [ -r "$data/history" ] || fail "the journal in $data cannot be read"
fi
mkdir -p "$to"
chmod 700 "$to"
exec 9>"$to/.lock"
flock --nonblock 9 || fail "another backup is running"
rm -rf "$to"/.unfinished-*
name=epmpulse-$(date -u +%Y%m%dT%H%M%SZ)
[ ! -e "$to/$name" ] || fail "$to/$name already exists"
copy=$to/.unfinished-$name
before=$(find -H "$to" -maxdepth 1 -type d -name 'epmpulse-*' | sort | tail -n 1)

# Fails if a day is closed meanwhile: its file is replaced by a compressed one.
copy_data() {
  rm -rf "$copy"
  mkdir -p "$copy/data/history"
  for file in apps_status.json api-key; do
    [ ! -e "$data/$file" ] || cp "$data/$file" "$copy/data/" || return 1
  done
  # Before the history, so that no position is ahead of it.
  for folder in listeners watch; do
    [ ! -e "$data/$folder" ] || cp -R -L "$data/$folder" "$copy/data/" || return 1
  done
  # Only the days that exist now: a later day must not follow a gap. Closed days are listed last: a day that is closed meanwhile is
  # then in one of the two lists.
  for file in "$data"/history/*.jsonl "$data"/history/*.jsonl.gz; do
    day=$(basename "$file")
    case $day in
      # There is no such file.
      '*'*) continue ;;
      *.gz)
        if [ -n "$before" ] && cmp -s "$file" "$before/data/history/$day"; then
          ln "$before/data/history/$day" "$copy/data/history/$day" || return 1
          continue
        fi
        ;;
    esac
    cp "$file" "$copy/data/history/" || return 1
  done
  # After the files, whose order it is.
  [ ! -e "$data/history/order.txt" ] || cp "$data/history/order.txt" "$copy/data/history/" || return 1
  for folder in quarantine slack alerts; do
    [ ! -e "$data/$folder" ] || cp -R -L "$data/$folder" "$copy/data/" || return 1
  done
}

if [ -n "$database" ]; then
  mkdir "$copy"
  echo "backup.sh: not in this backup: the updates, which are in the database (pg_dump or PITR)" >&2
else
  tries=1
  until copy_data; do
    [ "$tries" -lt 5 ] || fail "the data could not be copied"
    tries=$((tries + 1))
    sleep 2
  done
fi
for item in .env config routes; do
  [ ! -e "$from/$item" ] || cp -R -L "$from/$item" "$copy/"
done

for file in "$from"/extra/*; do
  [ -e "$file" ] || continue
  mkdir -p "$copy/extra"
  if [ -n "$before" ] && cmp -s "$file" "$before/extra/$(basename "$file")"; then
    ln "$before/extra/$(basename "$file")" "$copy/extra/"
  else
    cp -R -L "$file" "$copy/extra/"
  fi
done

(cd "$copy" && find . -type f ! -name SHA256SUMS -exec sha256sum {} +) >"$copy/SHA256SUMS"
sync -f "$copy"
mv "$copy" "$to/$name"

oldest=epmpulse-$(date -u -d "-$days days" +%Y%m%dT%H%M%SZ)
for backup in "$to"/epmpulse-*; do
  if expr "$(basename "$backup")" '<' "$oldest" >/dev/null; then
    rm -rf "$backup"
  fi
done
if [ -n "${BACKUP_RSYNC:-}" ]; then
  rsync --archive --hard-links --delete --exclude=.lock "$to/" "$BACKUP_RSYNC"
fi
echo "$to/$name"
