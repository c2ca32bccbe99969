import path from 'node:path'
import { Client } from 'pg'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { SetupError, step } from '../progress.mjs'
import { run } from '../setup/command.mjs'
import { build } from './build.ts'
import type { Child, ChildSpec } from './child.ts'
import { root, type Environment } from './environment.ts'
import { answers } from './ready.ts'
import type { Supervisor } from './supervisor.ts'

export interface ShopOptions {
  /** With the addresses of the stores. */
  readonly environment: Environment
  readonly dataFolder: string
  readonly distDir: string
  readonly port: number
  readonly workerPort: number
  readonly supervisor: Supervisor
}

export interface Shop {
  readonly url: string
  readonly environment: Environment
}

const WEB_STOPS_WITHIN_MS = 10_000
const WORKER_STOPS_WITHIN_MS = 15_000

/** The database's own name for itself: a catalog that was made anew has another one. */
async function identityOfDatabase(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ identity: string }>(
      `SELECT system_identifier || '/' || d.oid AS identity FROM pg_control_system(), pg_database d WHERE d.datname = current_database()`,
    )
    return rows[0]?.identity ?? ''
  } finally {
    await client.end()
  }
}

async function script(title: string, file: string, failure: string, { environment, supervisor }: ShopOptions): Promise<void> {
  await step(title, (detail) =>
    run(process.execPath, [path.join(root, file)], {
      cwd: root,
      env: { ...process.env, ...environment },
      onLine: detail,
      failure,
      signal: supervisor.signal,
    }),
  )
}

async function migrate(url: string): Promise<void> {
  await step('Applying the migrations', async () => {
    try {
      await applyMigrations(url)
    } catch (error) {
      throw new SetupError(
        'The migrations could not be applied: the database was changed by other means, or an applied migration was edited since.',
        error instanceof Error ? error.message : String(error),
      )
    }
  })
}

function spec(name: string, title: string, file: string, stopWithinMs: number, options: ShopOptions): ChildSpec {
  return {
    name,
    title,
    program: process.execPath,
    args: ['--enable-source-maps', path.join(root, file)],
    env: { ...process.env, ...options.environment, NODE_ENV: 'production', NEXT_DIST_DIR: options.distDir },
    cwd: root,
    logFile: path.join(options.dataFolder, `logs/${name}.log`),
    stopSignal: 'SIGTERM',
    stopWithinMs,
  }
}

/** Brings the catalog and the build up to date, then starts a web instance and a worker and waits until both answer. */
export async function startShop(given: ShopOptions): Promise<Shop> {
  const { port, workerPort, distDir, dataFolder, supervisor } = given
  const url = `http://localhost:${port}`
  const environment: Environment = {
    ...given.environment,
    PORT: String(port),
    WORKER_PORT: String(workerPort),
    PUBLIC_URL: given.environment['PUBLIC_URL'] ?? url,
  }
  const options = { ...given, environment }
  const database = environment['DATABASE_URL'] ?? ''

  await migrate(database)
  await script('Seeding the catalog', 'prisma/seed/index.ts', 'The catalog could not be seeded.', options)
  await script('Making the administrator', 'scripts/first-admin.ts', 'The administrator could not be made.', options)
  await build({
    environment,
    distDir,
    database: await identityOfDatabase(database),
    logFile: path.join(dataFolder, 'logs/build.log'),
    signal: supervisor.signal,
  })

  await step('Starting the shop', async () => {
    const webReady = (child: Child) => answers(child, `http://127.0.0.1:${port}/api/ready`)
    const workerReady = (child: Child) => answers(child, `http://127.0.0.1:${workerPort}/ready`)
    const web = supervisor.start(spec('web', 'The web instance', 'server.ts', WEB_STOPS_WITHIN_MS, options), { ready: webReady })
    const worker = supervisor.start(spec('worker', 'The worker', 'workers/index.ts', WORKER_STOPS_WITHIN_MS, options), { ready: workerReady })
    await Promise.all([webReady(web), workerReady(worker)])
  })
  supervisor.watch()
  return { url, environment }
}
