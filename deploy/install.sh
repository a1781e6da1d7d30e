#!/bin/sh
# Installs or upgrades EPMPulse in /opt/epmpulse. Run it from the unpacked tarball, as root. It can be repeated.
#
# An upgrade keeps config/, .env, data/, routes/site/ and the jars of extra/. It replaces the shipped routes, deploy/ and the
# unit; edited files are moved aside and their names printed. First the new version checks what it will find: if that has
# errors, nothing is changed. A running service is stopped while its files are replaced.
#
# usage: install.sh [--no-check]
set -eu

home=/opt/epmpulse
unit=/etc/systemd/system/epmpulse.service
source=$(cd "$(dirname "$0")/.." && pwd)
saved=$home/saved-$(date -u +%Y%m%dT%H%M%SZ)

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

# Moves an edited file aside, under this name.
save() {
  mkdir -p "$(dirname "$saved/$2")"
  mv "$1" "$saved/$2"
  echo "Saved the edited file: $saved/$2"
}

# Replaces a folder.
replace() {
  rm -rf "$home/$1.new"
  cp -R "$source/$1" "$home/$1.new"
  rm -rf "${home:?}/$1"
  mv "$home/$1.new" "$home/$1"
}

# Runs the new version's check with the configuration, the routes and the jars of this host, as the user of the service.
check() {
  stage=$(mktemp -d "$home/.check-XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  trap 'exit 1' HUP INT TERM
  chmod 755 "$stage"
  cp -R "$source/epmpulse.jar" "$source/lib" "$stage/"
  mkdir -p "$stage/routes"
  cp "$source"/routes/*.camel.yaml "$stage/routes/"
  ln -s "$home/routes/site" "$stage/routes/site"
  # .env may name another folder of routes.
  set -- LC_ALL=C.UTF-8
  [ -n "$(env_setting "$home/.env" EPMPULSE_ROUTES_DIR)" ] || set -- "$@" "EPMPULSE_ROUTES_DIR=$stage/routes"
  if (cd "$home" && runuser -u epmpulse -- env "$@" \
    /usr/bin/java -cp "$stage/epmpulse.jar:$home/extra/*" org.epmpulse.EpmPulse check) >"$stage/report" 2>&1; then
    echo "Checked with the new version: $(tail -n 1 "$stage/report")"
  else
    sed "s|$stage/routes/|$home/routes/|g" "$stage/report" >&2
    fail "the new version would not start with these errors; nothing was changed. Correct them, or use --no-check"
  fi
  rm -rf "$stage"
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
if ! id epmpulse >/dev/null 2>&1; then
  useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin epmpulse
fi
if [ -e "$home/epmpulse.jar" ] && [ -e "$home/.env" ] && [ "${1:-}" != --no-check ]; then
  check
fi
running=
if [ -d /run/systemd/system ] && systemctl is-active --quiet epmpulse; then
  running=yes
  systemctl stop epmpulse
fi

mkdir -p "$home/routes/site" "$home/extra"
# New file times, not those of the tarball, which never change: Java compares them to test whether the archive fits.
rm -f "$home/epmpulse.jsa"
replace lib
replace bin
replace docs
for file in epmpulse.jar README.md CHANGELOG.md SECURITY.md LICENSE .env.example sbom.json extra/README.md extra/pom.xml; do
  cp "$source/$file" "$home/$file.new"
  mv "$home/$file.new" "$home/$file"
done

# routes/.shipped holds the checksums of the installed files: a file that differs was edited.
for file in "$home"/routes/*.camel.yaml; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  if cmp -s "$file" "$source/routes/$name" ||
    grep -qxF "$(sha256sum <"$file" | cut -d' ' -f1)  $name" "$home/routes/.shipped" 2>/dev/null; then
    rm "$file"
  else
    save "$file" "$name"
  fi
done
cp "$source"/routes/*.camel.yaml "$home/routes/"
[ -e "$home/routes/site/README.md" ] || cp "$source/routes/site/README.md" "$home/routes/site/"
replace routes/examples
(cd "$source/routes" && sha256sum ./*.camel.yaml | sed 's|  \./|  |') >"$home/routes/.shipped"

if [ ! -e "$home/config" ]; then
  cp -R "$source/config" "$home/config"
  chown root:epmpulse "$home/config"
  chmod 750 "$home/config"
fi
if [ ! -e "$home/.env" ]; then
  key=$(/usr/bin/java -jar "$home/epmpulse.jar" key | sed -n 's/^key: *//p')
  (
    umask 077
    sed -e 's/^#EPMPULSE_ENV=.*/EPMPULSE_ENV=production/' -e "s/^#EPMPULSE_API_KEY=.*/EPMPULSE_API_KEY=$key/" \
      "$source/.env.example" >"$home/.env"
  )
  chown root:epmpulse "$home/.env"
  chmod 640 "$home/.env"
  echo "Created $home/.env with a new key"
fi
[ -d "$home/data" ] || install -d -o epmpulse -g epmpulse -m 700 "$home/data"

mkdir -p "$(dirname "$unit")"
if [ -e "$unit" ] && ! cmp -s "$unit" "$source/deploy/epmpulse.service" &&
  ! cmp -s "$unit" "$home/deploy/epmpulse.service"; then
  save "$unit" "$(basename "$unit")"
fi
# deploy/.shipped holds checksums, too. secrets.sh and the guide create docker/secrets and docker/.env: they are kept.
rm -rf "$home/deploy.new"
cp -R "$source/deploy" "$home/deploy.new"
(cd "$source/deploy" && find . -type f -exec sha256sum {} +) >"$home/deploy.new/.shipped"
if [ -e "$home/deploy/.shipped" ]; then
  for item in docker/.env docker/secrets; do
    [ ! -e "$home/deploy/$item" ] || mv "$home/deploy/$item" "$home/deploy.new/$item"
  done
  (cd "$home/deploy" && find . -type f ! -path ./.shipped ! -name '*.pyc') | while read -r file; do
    if ! cmp -s "$home/deploy/$file" "$source/deploy/$file" &&
      ! grep -qxF "$(sha256sum <"$home/deploy/$file" | cut -d' ' -f1)  $file" "$home/deploy/.shipped"; then
      save "$home/deploy/$file" "deploy/${file#./}"
    fi
  done
fi
rm -rf "$home/deploy"
mv "$home/deploy.new" "$home/deploy"
cp "$home/deploy/epmpulse.service" "$unit"
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  [ -z "$running" ] || systemctl start epmpulse
fi
sh "$home/deploy/fast-start.sh" || echo "EPMPulse will start without the archive, which takes half as long again"

echo
echo "Installed. Edit $home/.env and $home/config/apps.json, then:"
echo "  cd $home && runuser -u epmpulse -- java -jar epmpulse.jar check"
echo "  systemctl enable --now epmpulse"
