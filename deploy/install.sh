#!/bin/sh
# Installs or upgrades EPMPulse in /opt/epmpulse. Run it from the unpacked tarball, as root. It can be repeated.
#
# An upgrade keeps config/, .env, data/, routes/site/ and the jars of extra/. It replaces the shipped routes, deploy/ and the
# unit; edited files are copied first and the names of the copies printed.
#
# Everything is copied to install.new/, where the new version checks what it will find. If that fails, nothing is changed. Only
# then a running service is stopped, and its files are replaced by renaming. The replaced folders are in install.old/ meanwhile: if
# it exists, an installation was interrupted, and the next one completes it.
#
# usage: install.sh [--no-check]
set -eu

home=/opt/epmpulse
unit=/etc/systemd/system/epmpulse.service
source=$(cd "$(dirname "$0")/.." && pwd)
new=$home/install.new
old=$home/install.old
saved=$home/saved-$(date -u +%Y%m%dT%H%M%SZ)
folders="lib bin docs routes/examples deploy"
files="epmpulse.jar README.md CHANGELOG.md SECURITY.md LICENSE .env.example sbom.json extra/README.md extra/pom.xml"
running=

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

# Copies an edited file, under this name.
save() {
  mkdir -p "$(dirname "$saved/$2")"
  cp -p "$1" "$saved/$2"
  echo "Saved the edited file: $saved/$2"
}

# Replaces a folder.
replace() {
  rm -rf "${old:?}/$1"
  [ ! -e "$home/$1" ] || mv "$home/$1" "$old/$1"
  mv "$new/$1" "$home/$1"
}

# Runs the new version's check with the configuration, the routes and the jars of this host, as the user of the service.
check() {
  ln -s "$home/routes/site" "$new/routes/site"
  # .env may name another folder of routes.
  set -- LC_ALL=C.UTF-8
  [ -n "$(env_setting "$home/.env" EPMPULSE_ROUTES_DIR)" ] || set -- "$@" "EPMPULSE_ROUTES_DIR=$new/routes"
  if (cd "$home" && runuser -u epmpulse -- env "$@" \
    /usr/bin/java -cp "$new/epmpulse.jar:$home/extra/*" org.epmpulse.EpmPulse check) >"$new/report" 2>&1; then
    echo "Checked with the new version: $(tail -n 1 "$new/report")"
  else
    sed "s|$new/routes/|$home/routes/|g" "$new/report" >&2
    fail "the new version would not start with these errors. Correct them, or use --no-check"
  fi
}

# Runs if this script ends early.
interrupted() {
  rm -rf "$new" "$unit.new"
  if [ -e "$old" ]; then
    echo "install.sh: the installation is incomplete, and EPMPulse may not start: correct the cause and run install.sh again" >&2
  else
    [ -z "$running" ] || systemctl start epmpulse || echo "install.sh: EPMPulse could not be started" >&2
    rm -rf "$saved"
    echo "install.sh: nothing was changed" >&2
  fi
}

case ${1:-} in
  '' | --no-check) ;;
  *) fail "usage: install.sh [--no-check]" ;;
esac
[ "$(id -u)" = 0 ] || fail "must be run by root"
[ -f "$source/epmpulse.jar" ] || fail "must be run from the unpacked tarball: $source has no epmpulse.jar"
[ "$source" != "$home" ] || fail "must be run from the unpacked tarball, not from $home"
[ -x /usr/bin/java ] || fail "needs /usr/bin/java: apt-get install --no-install-recommends openjdk-17-jre-headless"
/usr/bin/java -jar "$source/epmpulse.jar" --version || fail "needs Java 17 or later at /usr/bin/java"
# shellcheck source=/dev/null
. "$source/deploy/env-setting.sh"

umask 022
trap interrupted EXIT
trap 'exit 1' HUP INT TERM
if ! id epmpulse >/dev/null 2>&1; then
  useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin epmpulse
fi
# Of an interrupted installation.
for folder in $folders; do
  if [ -e "$old/$folder" ] && [ ! -e "$home/$folder" ]; then
    mv "$old/$folder" "$home/$folder"
  fi
done

rm -rf "$new"
mkdir -p "$new/routes" "$new/extra" "$home/routes/site" "$home/extra"
# New file times, not those of the tarball, which never change: Java compares them to test whether the archive fits.
for item in $folders $files; do
  cp -R "$source/$item" "$new/$item"
done
cp "$source"/routes/*.camel.yaml "$new/routes/"
[ -e "$home/routes/site/README.md" ] || cp "$source/routes/site/README.md" "$home/routes/site/"
if [ -e "$home/epmpulse.jar" ] && [ -e "$home/.env" ] && [ "${1:-}" != --no-check ]; then
  check
fi

# routes/.shipped holds the checksums of the installed files: a file that differs was edited.
(cd "$source/routes" && sha256sum ./*.camel.yaml | sed 's|  \./|  |') >"$new/routes/.shipped"
for file in "$home"/routes/*.camel.yaml; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  if ! cmp -s "$file" "$source/routes/$name" &&
    ! grep -qxF "$(sha256sum <"$file" | cut -d' ' -f1)  $name" "$home/routes/.shipped" 2>/dev/null; then
    save "$file" "$name"
  fi
done

# deploy/.shipped holds checksums, too. secrets.sh and the guide create docker/secrets and docker/.env: they are kept.
(cd "$source/deploy" && find . -type f -exec sha256sum {} +) >"$new/deploy/.shipped"
for item in docker/.env docker/secrets; do
  [ ! -e "$home/deploy/$item" ] || cp -R -p "$home/deploy/$item" "$new/deploy/$item"
done
if [ -e "$home/deploy/.shipped" ]; then
  (cd "$home/deploy" && find . -type f ! -path ./.shipped ! -path ./docker/.env ! -path './docker/secrets/*' ! -name '*.pyc') |
    while read -r file; do
      if ! cmp -s "$home/deploy/$file" "$source/deploy/$file" &&
        ! grep -qxF "$(sha256sum <"$home/deploy/$file" | cut -d' ' -f1)  $file" "$home/deploy/.shipped"; then
        save "$home/deploy/$file" "deploy/${file#./}"
      fi
    done
fi

mkdir -p "$(dirname "$unit")"
if [ -e "$unit" ] && ! cmp -s "$unit" "$source/deploy/epmpulse.service" &&
  ! cmp -s "$unit" "$home/deploy/epmpulse.service"; then
  save "$unit" "$(basename "$unit")"
fi
cp "$source/deploy/epmpulse.service" "$unit.new"

if [ ! -e "$home/config" ]; then
  cp -R "$source/config" "$new/config"
  chown root:epmpulse "$new/config"
  chmod 750 "$new/config"
fi
if [ ! -e "$home/.env" ]; then
  key=$(/usr/bin/java -jar "$new/epmpulse.jar" key | sed -n 's/^key: *//p')
  (
    umask 077
    sed -e 's/^#EPMPULSE_ENV=.*/EPMPULSE_ENV=production/' -e "s/^#EPMPULSE_API_KEY=.*/EPMPULSE_API_KEY=$key/" \
      "$source/.env.example" >"$new/.env"
  )
  chown root:epmpulse "$new/.env"
  chmod 640 "$new/.env"
fi
[ -d "$home/data" ] || install -d -o epmpulse -g epmpulse -m 700 "$home/data"

# From here on files are only renamed: a full disk cannot interrupt it.
mkdir -p "$new/old/routes"
if [ -e "$old/running" ] || { [ -d /run/systemd/system ] && systemctl is-active --quiet epmpulse; }; then
  running=yes
  : >"$new/old/running"
  systemctl stop epmpulse
fi
[ -e "$old" ] || mv "$new/old" "$old"
rm -f "$home/epmpulse.jsa" "$home"/routes/*.camel.yaml
for folder in $folders; do
  replace "$folder"
done
for file in $files; do
  mv "$new/$file" "$home/$file"
done
mv "$new"/routes/*.camel.yaml "$new/routes/.shipped" "$home/routes/"
[ ! -e "$new/config" ] || mv "$new/config" "$home/config"
if [ -e "$new/.env" ]; then
  mv "$new/.env" "$home/.env"
  echo "Created $home/.env with a new key"
fi
mv "$unit.new" "$unit"
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  [ -z "$running" ] || systemctl start epmpulse
fi
trap - EXIT HUP INT TERM
rm -rf "$new" "$old"
sh "$home/deploy/fast-start.sh" || echo "EPMPulse will start without the archive, which takes half as long again"

echo
echo "Installed. Edit $home/.env and $home/config/apps.json, then:"
echo "  cd $home && runuser -u epmpulse -- java -jar epmpulse.jar check"
echo "  systemctl enable --now epmpulse"
