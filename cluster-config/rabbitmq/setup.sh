#!/bin/sh
# A virtual host, a user and limits for sweeps. Run on a node of the broker, once, as a user who may run rabbitmqctl:
#   SWEEP_BROKER_PASSWORD_FILE=/path/to/password sh setup.sh
set -eu

# Name of the virtual host: the last part of amqps://HOST/sweeps.
vhost=${SWEEP_BROKER_VHOST:-sweeps}
# Name of the user; the password is the first line of SWEEP_BROKER_PASSWORD_FILE.
user=${SWEEP_BROKER_USER:-sweep}
# Most bytes that wait in one mailbox [bytes]; beyond it senders are told, and say it again later.
mailbox_bytes=4000000000

rabbitmqctl -q add_vhost "$vhost"
head -n 1 "$SWEEP_BROKER_PASSWORD_FILE" | rabbitmqctl -q add_user "$user"
# What the user may configure, write and read: its own queues and exchanges, the default exchange, and queues named by the broker.
rabbitmqctl -q set_permissions -p "$vhost" "$user" '^(sweep\.|amq\.gen).*' '^(sweep\.|amq\.(gen|default)).*' '^(sweep\.|amq\.gen).*'
rabbitmqctl -q set_policy -p "$vhost" --apply-to queues sweep-mailboxes '^sweep\.(coordinator|worker)\.' "{\"max-length-bytes\": $mailbox_bytes}"
