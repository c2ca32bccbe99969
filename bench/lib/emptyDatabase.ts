import pg from 'pg'

/** Drops the database of the benchmarks and makes it again: else it has as many products as the largest of them needed. */
export async function emptyDatabase(databaseUrl: string): Promise<void> {
  const name = pg.escapeIdentifier(new URL(databaseUrl).pathname.slice(1))
  const server = new pg.Client(Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href)
  await server.connect()
  await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await server.query(`CREATE DATABASE ${name}`)
  await server.end()
}
