#!/bin/sh
# Becomes PgBouncer in transaction mode. Who may connect and where to is written from the environment, for this process alone.
set -eu
umask 077
folder=$(mktemp -d)

printf '"%s" "%s"\n' "$POOL_USER" "$POOL_PASSWORD" >"$folder/users.txt"

# The shop cannot set the limit of a statement through a pooler, so each connection gets it here.
cat >"$folder/pgbouncer.ini" <<EOF
[databases]
* = host=$POSTGRES_HOST port=${POSTGRES_PORT:-5432} connect_query='SET statement_timeout = 10000'

[pgbouncer]
listen_addr = ${POOL_ADDRESS:-0.0.0.0}
listen_port = ${POOL_PORT:-6432}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = ${POOL_SIZE:-20}
max_client_conn = 1000
server_login_retry = 1
EOF

exec pgbouncer "$folder/pgbouncer.ini"
