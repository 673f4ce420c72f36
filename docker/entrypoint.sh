#!/bin/sh
# NAME_TOKEN_FILE=/path gives the variable NAME_TOKEN the content of that file, and so for _SECRET
# and _PASSWORD: secrets that another container made, such as InfluxDB's tokens, reach the gateway
# without standing in its configuration.
set -eu

for name in $(env | sed -n 's/^\([A-Z][A-Z0-9_]*_\(TOKEN\|SECRET\|PASSWORD\)\)_FILE=.*/\1/p'); do
  file=$(printenv "${name}_FILE")
  [ -n "$file" ] || continue
  if [ ! -r "$file" ]; then
    echo "$file ($name) is not there; trying again at the next start" >&2
    exit 1
  fi
  export "$name=$(cat "$file")"
  unset "${name}_FILE"
done

# one heap for all threads: a dozen megabytes less than one each
export MALLOC_ARENA_MAX=1
exec node --expose-gc --max-semi-space-size=16 --no-allocation-site-pretenuring src/main.ts "$@"
