#!/bin/sh
# Brings the worker's database of an environment up to date: scripts/migrate.sh staging
set -eu
environment=$1
for file in migrations/*.sql; do
  psql --set ON_ERROR_STOP=1 --single-transaction --file "$file" "service=worker-$environment"
done
