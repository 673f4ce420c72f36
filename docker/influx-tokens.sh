#!/bin/sh
# Makes the two tokens of least privilege, each in a volume that only its user sees: the gateway may
# write to the bucket and nothing else, Grafana may read it and nothing else. Runs once after
# InfluxDB's setup; what exists already stays.
set -eu

bucket_id=$(influx bucket list --name "$INFLUX_BUCKET" --hide-headers | cut -f1)
if [ -z "$bucket_id" ]; then
  echo "no bucket $INFLUX_BUCKET" >&2
  exit 1
fi

# make NAME FLAG FILE OWNER
make() {
  if [ -s "$3" ]; then
    echo "$1: kept"
    return
  fi
  # its file is gone: the old token must not live on without anybody knowing it
  influx auth list --hide-headers | awk -v name="$1" '$2 == name { print $1 }' |
    while read -r id; do influx auth delete --id "$id" >/dev/null; done
  token=$(influx auth create --org "$INFLUX_ORG" --description "$1" "$2" "$bucket_id" --json |
    sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
  if [ -z "$token" ]; then
    echo "$1: InfluxDB made no token" >&2
    exit 1
  fi
  umask 077
  printf '%s' "$token" >"$3.new"
  chown "$4" "$3.new"
  mv "$3.new" "$3"
  echo "$1: made"
}

# the users of the gateway's and of Grafana's image
make campus-gateway-write --write-bucket /tokens/gateway/influx-write 1000:1000
make campus-grafana-read --read-bucket /tokens/grafana/influx-read 472:0
