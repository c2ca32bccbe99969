#!/bin/sh
# Becomes the Redis of queue and index, or of bodies. Who may do what is written from the environment: docs/operations/redis.md.
set -eu
umask 077
users=$(mktemp)
commands='+@all -@admin -@dangerous -@pubsub -@scripting +eval +evalsha +script|load +script|exists +info +client|list -move -copy -randomkey'

# Off, so no connection gets its rights. Redis reads its own log with them: docs/operations/redis.md.
echo 'user default off ~* &* +@all' >"$users"
case "$1" in
  index)
    shared='resetchannels ~{ix}:* ~evergreen:* ~{evergreen-queue}:*'
    echo "user web on >$WEB_PASSWORD $shared ~sign-in:* ~orders:* ~requests:* ~picture:* $commands" >>"$users"
    echo "user worker on >$WORKER_PASSWORD $shared $commands" >>"$users"
    settings="--appendonly yes --save '' --maxmemory-policy noeviction"
    ;;
  bodies)
    echo "user bodies on >$BODIES_PASSWORD resetchannels ~evergreen:* ~picture:* $commands" >>"$users"
    settings="--save '' --maxmemory ${BODIES_MEMORY:-256mb} --maxmemory-policy allkeys-lfu"
    ;;
esac

eval exec redis-server --bind "${REDIS_ADDRESS:-0.0.0.0}" --port "${REDIS_PORT:-6379}" --dir "${REDIS_FOLDER:-/data}" \
  --aclfile "$users" "$settings"
