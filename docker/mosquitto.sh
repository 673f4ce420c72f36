#!/bin/sh
# Gives the gateway its password; those of devices are added with
#   docker compose exec mosquitto mosquitto_passwd -b /mosquitto/data/passwords <campus>/<device> <password>
set -eu

passwords=/mosquitto/data/passwords
umask 077
[ -e "$passwords" ] || : >"$passwords"
mosquitto_passwd -b "$passwords" gateway "$MQTT_GATEWAY_PASSWORD"
chown mosquitto:mosquitto "$passwords"
exec mosquitto -c /mosquitto/config/mosquitto.conf
