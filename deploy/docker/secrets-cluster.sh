#!/bin/sh
# Creates the secrets of compose.cluster.yaml, once: the key of Prometheus (secrets.sh), the passwords of the database, and a
# certificate with which the nodes verify the database. The users of the containers can read the inner folders; only you can
# read the outer one.
set -eu

cd "$(dirname "$0")"
sh secrets.sh
if [ -e secrets/database/server.key ]; then
  echo "secrets/database already exists"
  exit
fi
umask 022
mkdir -p secrets/database
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The authority's own key is deleted: nobody can issue another certificate that the nodes accept.
openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -sha256 -subj "/CN=EPMPulse database authority" \
  -addext "keyUsage=critical,keyCertSign" -keyout "$work/ca.key" -out secrets/epmpulse/database-ca.pem 2>/dev/null
openssl req -newkey rsa:3072 -nodes -subj "/CN=database" -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:database\nextendedKeyUsage=serverAuth\n' >"$work/extensions"
openssl x509 -req -in "$work/server.csr" -CA secrets/epmpulse/database-ca.pem -CAkey "$work/ca.key" -CAcreateserial \
  -CAserial "$work/serial" -days 3650 -sha256 -extfile "$work/extensions" -out secrets/database/server.crt 2>/dev/null

password() {
  head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='
}
password >secrets/epmpulse/database
cp secrets/epmpulse/database secrets/database/password
password >secrets/database/superuser
# Last: its presence says that all others exist.
install -m 644 "$work/server.key" secrets/database/server.key
echo "Created secrets/database and secrets/epmpulse/database"
