#!/bin/sh
# Brings the preferences database of an environment up to date: scripts/migrate.sh staging
set -eu
environment=$1
for file in migrations/*.sql; do
  psql --set ON_ERROR_STOP=1 --single-transaction --file "$file" "service=preferences-$environment"
done
