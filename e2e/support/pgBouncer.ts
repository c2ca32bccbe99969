/** PgBouncer in front of the Postgres of a test, as deploy/pgbouncer starts it. */
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { pgBouncerProgram } from '../../tools/services/pgBouncerProgram.ts'
import { end } from './childProcess.ts'
import { freePort } from '../../tools/run/ports.ts'
import { until } from './redisNode.ts'

export interface PgBouncer {
  /** The same database, through the pooler. */
  readonly url: string
  close(): Promise<void>
}

const NOT_ROOT = 'nobody'
const idOf = (flag: string) => Number(execFileSync('id', [flag, NOT_ROOT], { encoding: 'utf8' }))

/** @param databaseUrl of Postgres itself @param more lines of its configuration */
export async function pgBouncer(databaseUrl: string, more = ''): Promise<PgBouncer> {
  const program = await pgBouncerProgram(AbortSignal.timeout(60_000))
  const target = new URL(databaseUrl)
  const pooled = new URL(databaseUrl)
  pooled.port = String(await freePort())
  const script = path.join(import.meta.dirname, '../../deploy/pgbouncer/start.sh')
  const child = spawn('sh', ['-s'], {
    // It refuses to run as root, and the account may not read the folder of the shop.
    ...(process.getuid?.() === 0 && { uid: idOf('-u'), gid: idOf('-g') }),
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      NODE_ENV: 'production',
      PATH: `${path.dirname(program)}:${process.env['PATH']}`,
      POOL_USER: decodeURIComponent(target.username),
      POOL_PASSWORD: decodeURIComponent(target.password),
      POOL_ADDRESS: '127.0.0.1',
      POOL_PORT: pooled.port,
      POSTGRES_HOST: target.hostname,
      POSTGRES_PORT: target.port || '5432',
    },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)))
  child.stdin.end(readFileSync(script, 'utf8').replace('[pgbouncer]\n', `[pgbouncer]\n${more}\n`))
  await until('PgBouncer answers', async () => {
    const client = new Client({ connectionString: pooled.href, connectionTimeoutMillis: 1_000 })
    client.on('error', () => undefined) // the query reports it
    try {
      await client.connect()
      return (await client.query('SELECT 1')).rowCount === 1
    } finally {
      await client.end().catch(() => undefined) // it never connected
    }
  }).catch((error: unknown) => {
    throw new Error(said, { cause: error })
  })
  return { url: pooled.href, close: () => end(child, 'SIGKILL') }
}
