#!/bin/sh
# Installs or upgrades EPMPulse in /opt/epmpulse. Run it from the unpacked tarball, as root. It can be repeated.
#
# An upgrade keeps config/, .env, data/ and routes/site/. It replaces the shipped routes and the unit; edited ones are moved
# aside and their names printed. A running service is stopped while its files are replaced.
set -eu

home=/opt/epmpulse
unit=/etc/systemd/system/epmpulse.service
source=$(cd "$(dirname "$0")/.." && pwd)
saved=$home/saved-$(date -u +%Y%m%dT%H%M%SZ)

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

# Moves an edited file aside.
save() {
  mkdir -p "$saved"
  mv "$1" "$saved/"
  echo "Saved the edited file: $saved/$(basename "$1")"
}

# Replaces a folder.
replace() {
  rm -rf "$home/$1.new"
  cp -R "$source/$1" "$home/$1.new"
  rm -rf "${home:?}/$1"
  mv "$home/$1.new" "$home/$1"
}

[ "$(id -u)" = 0 ] || fail "must be run by root"
[ -f "$source/epmpulse.jar" ] || fail "must be run from the unpacked tarball: $source has no epmpulse.jar"
[ "$source" != "$home" ] || fail "must be run from the unpacked tarball, not from $home"
[ -x /usr/bin/java ] || fail "needs /usr/bin/java: apt-get install --no-install-recommends openjdk-17-jre-headless"
/usr/bin/java -jar "$source/epmpulse.jar" --version || fail "needs Java 17 or later at /usr/bin/java"

umask 022
if ! id epmpulse >/dev/null 2>&1; then
  useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin epmpulse
fi
running=
if [ -d /run/systemd/system ] && systemctl is-active --quiet epmpulse; then
  running=yes
  systemctl stop epmpulse
fi

mkdir -p "$home/routes/site"
# New file times, not those of the tarball, which never change: Java compares them to test whether the archive fits.
rm -f "$home/epmpulse.jsa"
replace lib
replace docs
for file in epmpulse.jar README.md CHANGELOG.md SECURITY.md LICENSE .env.example; do
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
    save "$file"
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
  save "$unit"
fi
replace deploy
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
