#!/bin/sh
# Creates epmpulse.jsa, an archive of loaded classes, with which EPMPulse starts in two thirds of the time. install.sh runs
# it; run it again after an update of Java. If the archive does not fit the Java or the jars in use, Java logs that and
# starts without it.
#
# The classes are those of a real start: the demo in a temporary folder, which needs no configuration and calls no other
# system. The archive is replaced as a whole: Java 17 crashes on an incomplete one.
#
# The jars of extra/ are not in the archive, so it fits whatever is there.
#
# usage: fast-start.sh [JAVA]          default: /usr/bin/java
set -eu

train() {
  work=$(mktemp -d)
  demo=
  trap '[ -z "$demo" ] || kill -KILL "$demo" 2>/dev/null || true; rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  mkdir "$work/routes"
  cp "$home"/routes/*.camel.yaml "$work/routes/"

  # Since Java 25 the archive can also hold linked classes and profiles; one option reads both kinds.
  kind=ArchiveClassesAtExit
  if "$java" -XX:+PrintFlagsFinal -version 2>/dev/null | grep -q AOTCacheOutput; then
    kind=AOTCacheOutput
  fi
  cd "$work"
  # With the options of later starts: the archive depends on the garbage collector.
  grep -v SharedArchiveFile "$home/deploy/java.options" >options
  EPMPULSE_ROUTES_DIR=routes EPMPULSE_DATA_DIR='' \
    "$java" @options "-XX:$kind=$work/epmpulse.jsa" -Depmpulse.extra=none -jar "$home/epmpulse.jar" demo --port 0 >log 2>&1 &
  demo=$!
  waited=0
  until grep -q 'The board:' log; do
    if [ "$waited" = 300 ] || ! kill -0 "$demo" 2>/dev/null; then
      tail -n 5 log >&2
      exit 1
    fi
    waited=$((waited + 1))
    sleep 1
  done
  # Wait until updates are posted, recorded and published.
  sleep 5
  kill -TERM "$demo"
  wait "$demo" || true
  demo=
  cat epmpulse.jsa
}

home=$(cd "$(dirname "$0")/.." && pwd)
archive=$home/epmpulse.jsa
if [ "${1:-}" = --train ]; then
  java=$2
  train
  exit
fi
java=${1:-/usr/bin/java}
umask 022
trap 'rm -f "$archive.new"' EXIT
trap 'exit 1' HUP INT TERM
# Not as root, if the user epmpulse exists.
if [ "$(id -u)" = 0 ] && id epmpulse >/dev/null 2>&1; then
  runuser -u epmpulse -- sh "$home/deploy/fast-start.sh" --train "$java" >"$archive.new"
else
  sh "$home/deploy/fast-start.sh" --train "$java" >"$archive.new"
fi
mv -f "$archive.new" "$archive"
echo "Created $archive; EPMPulse starts faster with it"
