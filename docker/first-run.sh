#!/bin/sh
# 首次运行：生成 .env（密码与令牌，权限 600）和 config/。可重复运行，已有的不改。
# First run: makes .env (passwords and tokens, mode 600) and config/. Run it again as often as you
# like: what is there stays.
#
#   sh docker/first-run.sh && docker compose up -d
set -eu
umask 077
cd "$(dirname "$0")/.."

env_file=.env
config=config

# 32 random bytes, without characters that a shell, a URL or YAML would read otherwise
secret() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# add NAME VALUE: unless the name is there already
add() {
  if grep -q "^$1=" "$env_file"; then return; fi
  printf '%s=%s\n' "$1" "$2" >>"$env_file"
  echo "$env_file: $1"
}

[ -e "$env_file" ] || : >"$env_file"
chmod 600 "$env_file"
# an editor may have left the last line without its end
[ -z "$(tail -c 1 "$env_file")" ] || echo >>"$env_file"

# the gateway's own API and pages; the signature of the messages to the duty phone
add GATEWAY_HTTP_TOKEN "$(secret)"
add CAMPUS_WEBHOOK_SECRET "$(secret)"
# InfluxDB: the operator's name, password and token, for its setup and for people; the tokens of
# gateway and Grafana are made from it by the container influxdb-tokens
add INFLUX_ADMIN_USER campus
add INFLUX_ADMIN_PASSWORD "$(secret)"
add INFLUX_ADMIN_TOKEN "$(secret)"
# Grafana's first login
add GRAFANA_ADMIN_USER campus
add GRAFANA_ADMIN_PASSWORD "$(secret)"
# an external broker, if there is one (profiles mosquitto and emqx)
add MQTT_GATEWAY_PASSWORD "$(secret)"
add EMQX_DASHBOARD_PASSWORD "$(secret)"
add EMQX_COOKIE "$(secret)"

# read inside the containers by users of their own
umask 022
mkdir -p "$config"
for file in gateway.yaml campus.yaml; do
  [ -e "$config/$file" ] || cp "docker/config/$file" "$config/$file"
done

echo
echo "接下来 / next: 编辑 edit $config/campus.yaml, 然后 then: docker compose up -d"
echo "Grafana: http://127.0.0.1:3000  用户 user: GRAFANA_ADMIN_USER, 密码 password: GRAFANA_ADMIN_PASSWORD ($env_file)"
