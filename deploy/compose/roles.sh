#!/bin/sh
# Runs once, in the empty database: owner, runtime and backup role (docs/postgresql.md).
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
create role lucheng_owner login password '$OWNER_PASSWORD';
create role lucheng_runtime login password '$RUNTIME_PASSWORD';
create role lucheng_backup login bypassrls password '$BACKUP_PASSWORD' in role pg_read_all_data;
alter database $POSTGRES_DB owner to lucheng_owner;
grant all on schema public to lucheng_owner;
SQL
