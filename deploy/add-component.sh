#!/bin/sh
# Puts components of Camel, or other libraries, with all that they need into extra/, in the versions that fit to EPMPulse. What
# is shipped in lib/ is left out: a second version of it would not be used. Needs Maven. Where the host has none, run it in the
# unpacked tarball on another machine, and copy the jars to /opt/epmpulse/extra/.
#
# usage: add-component.sh camel-kafka [GROUP:ARTIFACT[:VERSION] ...]
#
# A name without a colon is a component of Camel. Of a library that Camel knows, no version is needed.
set -eu

fail() {
  echo "add-component.sh: $*" >&2
  exit 1
}

home=$(cd "$(dirname "$0")/.." && pwd)
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
sbom=$home/sbom.json
[ -e "$sbom" ] || sbom=$home/target/sbom.json

[ $# -gt 0 ] || fail "usage: add-component.sh camel-kafka [GROUP:ARTIFACT[:VERSION] ...]"
[ -e "$sbom" ] || fail "there is no sbom.json in $home, which lists what is shipped"
command -v mvn >/dev/null || fail "needs Maven (mvn)"
[ -w "$home/extra" ] || fail "$home/extra cannot be written"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for name in "$@"; do
  case $name in
    *[!A-Za-z0-9._:-]*) fail "must be a component or GROUP:ARTIFACT[:VERSION], is $name" ;;
    *:*) ;;
    *) name=org.apache.camel:$name ;;
  esac
  version=$(echo "$name" | cut -d: -f3)
  echo "<dependency><groupId>$(echo "$name" | cut -d: -f1)</groupId><artifactId>$(echo "$name" | cut -d: -f2)</artifactId>"
  [ -z "$version" ] || echo "<version>$version</version>"
  echo "</dependency>"
done >"$work/dependencies"
sed "/<dependencies>\$/{
  /^  <dependencies>/r $work/dependencies
}" "$home/extra/pom.xml" >"$work/pom.xml"

mvn -q -B -f "$work/pom.xml" "$plugin:copy-dependencies" -DincludeScope=runtime -Dmdep.prependGroupId=true \
  "-DoutputDirectory=$work/jars" "$plugin:list" "-DoutputFile=$work/list" >"$work/log" 2>&1 || {
  grep -E '^\[ERROR\] [^[-]' "$work/log" | head -n 3 >&2
  fail "could not be resolved: $*; nothing was changed"
}

umask 022
# group:artifact:jar[:classifier]:version:scope
sed -n 's/^ *\([^ :]*:[^ ]*:jar:[^ ]*\).*/\1/p' "$work/list" | while IFS=: read -r group artifact _ third fourth fifth; do
  if [ -n "$fifth" ]; then
    version=$fourth-$third
  else
    version=$third
  fi
  if grep -qF "pkg:maven/$group/$artifact@" "$sbom"; then
    continue
  fi
  rm -f "$home/extra/$artifact"-[0-9]*.jar
  cp "$work/jars/$group.$artifact-$version.jar" "$home/extra/$artifact-$version.jar"
  echo "Added: extra/$artifact-$version.jar"
done
echo "Restart EPMPulse to use them; \"check\" lists them and what does not fit together"
