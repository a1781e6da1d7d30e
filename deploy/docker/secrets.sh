#!/bin/sh
# Makes the key with which Prometheus reads the metrics, once: secrets/prometheus/key is the key, secrets/epmpulse/keys
# lets it in. The folders inside are open for the users of the containers, the one around them only for you.
set -eu

cd "$(dirname "$0")"
if [ -e secrets/prometheus/key ]; then
  echo "secrets/prometheus/key is there already"
  exit
fi
umask 022
mkdir -p secrets/epmpulse secrets/prometheus
chmod 700 secrets
key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
sha256=$(printf %s "$key" | sha256sum | cut -d' ' -f1)
echo "prometheus:read:$sha256" >>secrets/epmpulse/keys
echo "$key" >secrets/prometheus/key
echo "Made secrets/prometheus/key"
