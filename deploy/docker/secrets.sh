#!/bin/sh
# Creates the key with which Prometheus reads the metrics, once: secrets/prometheus/key is the key, secrets/epmpulse/keys
# accepts it. The users of the containers can read the two inner folders; only you can read the outer one.
set -eu

cd "$(dirname "$0")"
if [ -e secrets/prometheus/key ]; then
  echo "secrets/prometheus/key already exists"
  exit
fi
umask 022
mkdir -p secrets/epmpulse secrets/prometheus
chmod 700 secrets
key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
sha256=$(printf %s "$key" | sha256sum | cut -d' ' -f1)
echo "prometheus:read:$sha256" >>secrets/epmpulse/keys
echo "$key" >secrets/prometheus/key
echo "Created secrets/prometheus/key"
