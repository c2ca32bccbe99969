import path from 'node:path'
import { step } from '../progress.mjs'
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
  /** Which catalog the build renders its pages from. */
  readonly catalog: string
  readonly supervisor: Supervisor
}

export interface Shop {
  readonly url: string
  readonly environment: Environment
}

const WEB_STOPS_WITHIN_MS = 10_000
const WORKER_STOPS_WITHIN_MS = 15_000

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

/** Builds the shop where that is due, starts a web instance and a worker, and waits until both answer. */
export async function startShop(given: ShopOptions): Promise<Shop> {
  const { port, workerPort, distDir, dataFolder, catalog, supervisor } = given
  const url = `http://localhost:${port}`
  const environment: Environment = {
    ...given.environment,
    PORT: String(port),
    WORKER_PORT: String(workerPort),
    PUBLIC_URL: given.environment['PUBLIC_URL'] ?? url,
  }
  await build({ environment, distDir, catalog, logFile: path.join(dataFolder, 'logs/build.log'), signal: supervisor.signal })

  const options = { ...given, environment }
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
