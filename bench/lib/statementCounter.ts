/** Counts the statements of those who connect to Postgres through it, by the extension pg_stat_statements. */
import pg from 'pg'

export interface Statement {
  /** With `$1` in place of each value. */
  readonly sql: string
  readonly calls: number
}

export interface StatementCounter {
  /** The address of Postgres for those whose statements are counted. */
  readonly url: string
  /** Forgets what was counted. */
  reset(): Promise<void>
  /** Each statement that was executed since the last reset; not those that a function or a trigger executes. */
  executed(): Promise<readonly Statement[]>
  close(): Promise<void>
}

/** The role whose statements are counted. It has the rights of the tables' owner. */
const ROLE = 'counted'

/** @param databaseUrl of a superuser, on a server that preloads pg_stat_statements: `benchStores({ countsStatements: true })` */
export async function statementCounter(databaseUrl: string): Promise<StatementCounter> {
  const [own, counted] = [new URL(databaseUrl), new URL(databaseUrl)]
  // The schema of the catalog is dropped and made anew, and the extension with it.
  own.pathname = '/postgres'
  counted.username = ROLE
  const client = new pg.Client(own.href)
  await client.connect()
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [ROLE])
  const password = client.escapeLiteral(decodeURIComponent(own.password))
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${ROLE} SUPERUSER LOGIN PASSWORD ${password}`)
  return {
    url: counted.href,
    async reset() {
      await client.query('SELECT pg_stat_statements_reset()')
    },
    async executed() {
      const { rows } = await client.query<Statement>(
        'SELECT query AS sql, calls::int AS calls FROM pg_stat_statements WHERE userid = $1::regrole',
        [ROLE],
      )
      return rows
    },
    close: () => client.end(),
  }
}

/** The number of their executions, together. */
export const callsOf = (statements: readonly Statement[]) => statements.reduce((sum, { calls }) => sum + calls, 0)
