/**
 * The role with which the shop works, beside the owner of the tables, which migrates them. It reads and writes rows, and can
 * change no table, no trigger and no setting that a trigger depends on: what is append-only is so for it, too.
 */
import { createHmac } from 'node:crypto'
import { Client } from 'pg'

/** The role of the application in the embedded Postgres. For another server the operator makes one, with any name. */
export const APPLICATION_ROLE = 'evergreen_app'

/** The role that replicates where PRICE_EVENTS is `cdc`: it has a right to no table. */
const REPLICATION_ROLE = 'evergreen_cdc'

/** @returns the address of the embedded Postgres for another role, whose password follows from the owner's */
function roleUrl(ownerUrl: string, role: string): string {
  const url = new URL(ownerUrl)
  url.password = createHmac('sha256', decodeURIComponent(url.password)).update(role).digest('base64url')
  url.username = role
  return url.href
}

/** @param ownerUrl of the embedded Postgres @returns the same address for the application */
export function applicationUrl(ownerUrl: string): string {
  return roleUrl(ownerUrl, APPLICATION_ROLE)
}

async function makeRole(client: Client, url: string, replication: 'REPLICATION' | 'NOREPLICATION'): Promise<void> {
  const { username, password } = new URL(url)
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [username])
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER'
  await client.query(
    `${verb} ROLE ${username} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE ${replication} NOBYPASSRLS PASSWORD ${client.escapeLiteral(password)}`,
  )
}

/** Makes the role of `applicationUrl` on the embedded server where it is missing. */
export function makeApplicationRole(client: Client, ownerUrl: string): Promise<void> {
  return makeRole(client, applicationUrl(ownerUrl), 'NOREPLICATION')
}

/** Makes the role that replicates on the embedded server. @returns its address */
export async function makeReplicationRole(ownerUrl: string): Promise<string> {
  const url = roleUrl(ownerUrl, REPLICATION_ROLE)
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await makeRole(client, url, 'REPLICATION')
  } finally {
    await client.end()
  }
  return url
}

/**
 * The rights of a role in a database. A trigger with `refuse_change` names what no role may do to its table, so the role
 * gets no right to that either: no setting of a session gives it back.
 */
const GRANTS = `
DO $do$
DECLARE
  role text := current_setting('evergreen.application_role');
  listed record;
BEGIN
  EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), role);
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', role);
  FOR listed IN
    SELECT c.oid::regclass AS name, c.relname = '_prisma_migrations' AS is_record,
      COALESCE(bit_or(t.tgtype) FILTER (WHERE p.proname = 'refuse_change'), 0) AS refused
    FROM pg_class c
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') GROUP BY c.oid, c.relname
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %I', listed.name, role);
    EXECUTE format('GRANT SELECT ON %s TO %I', listed.name, role);
    CONTINUE WHEN listed.is_record;
    EXECUTE format('GRANT INSERT ON %s TO %I', listed.name, role);
    IF listed.refused & 16 = 0 THEN EXECUTE format('GRANT UPDATE ON %s TO %I', listed.name, role); END IF;
    IF listed.refused & 8 = 0 THEN EXECUTE format('GRANT DELETE ON %s TO %I', listed.name, role); END IF;
  END LOOP;
  -- A function with the rights of the owner is made for the application, and for it alone.
  FOR listed IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', listed.name, role);
  END LOOP;
  -- A large preview of a bulk edit is analysed before it is read; older servers have no such right, and then warn.
  IF current_setting('server_version_num')::int >= 170000 THEN
    EXECUTE format('GRANT MAINTAIN ON bulk_edit_rows TO %I', role);
  END IF;
END $do$`

/**
 * Gives the role its rights to everything that the migrations have made. Done before, it changes nothing.
 * @param ownerUrl of the owner of the tables @param role that exists
 */
export async function grantApplication(ownerUrl: string, role: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query("SELECT set_config('evergreen.application_role', $1, true)", [role])
    await client.query(GRANTS)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}
