import path from 'node:path'
import { step } from '../progress.mjs'
import type { ProcessKind } from '#lib/platform/secrets.ts'
import { build } from './build.ts'
import type { Child, ChildSpec } from './child.ts'
import { root, type Environment } from './environment.ts'
import { processEnvironment } from './processEnvironment.ts'
import { waitUntilReady } from './waitUntilReady.ts'
import { accountOf, type Account } from '../services/account.ts'
import { bindPort } from './sharedPort.ts'
import type { Supervisor } from './supervisor.ts'
import { WEB_MEMORY } from './webMemory.ts'

export interface ShopOptions {
  /** With the addresses of the stores. */
  readonly environment: Environment
  readonly dataFolder: string
  readonly distDir: string
  /** The port for shoppers. */
  readonly port: number
  /** One for each web instance, when there are several: they share `port`, and each answers on its own too. */
  readonly instancePorts?: readonly number[]
  /** One for each worker process. */
  readonly workerPorts: readonly number[]
  /** The port of the edge, and its kind; none by default. */
  readonly edge?: { readonly kind: 'local' | 'varnish'; readonly port: number }
  /** The port of the prober's health; without one the shop runs without a prober. */
  readonly proberPort?: number
  /** The catalog that the build renders its pages from. */
  readonly catalog: string
  readonly supervisor: Supervisor
}

export interface Shop {
  readonly url: string
  /** The address of each web instance, when there are several. */
  readonly instances: readonly string[]
  /** In front of them, where there is one. */
  readonly edge: string | undefined
  readonly environment: Environment
}

const LOOPBACK = '127.0.0.1'
const WEB_STOPS_WITHIN_MS = 10_000
const EDGE_STOPS_WITHIN_MS = 5_000
const WORKER_STOPS_WITHIN_MS = 15_000

interface Role {
  readonly kind: ProcessKind
  readonly name: string
  readonly title: string
  readonly file: string
  readonly stopWithinMs: number
  readonly readyUrl: string
  readonly healthUrl?: string
  readonly environment: Environment
  /** Flags of Node. */
  readonly flags?: readonly string[]
  /** See `ChildSpec`. */
  readonly sockets?: readonly number[]
}

/** All accept from one socket: what comes while one of them is frozen, or is started again, another takes. */
function webRoles({ environment, port, instancePorts = [], edge, supervisor }: ShopOptions): Role[] {
  // Behind an edge of this machine nothing else needs to reach them: neither their pages nor their metrics.
  const shared = bindPort(port, environment['HOST'] ?? (edge && LOOPBACK))
  supervisor.signal.addEventListener('abort', () => shared.close(), { once: true })
  const web = {
    kind: 'web' as const,
    file: 'server.ts',
    flags: WEB_MEMORY.flags,
    stopWithinMs: WEB_STOPS_WITHIN_MS,
    sockets: shared.descriptors,
  }
  if (instancePorts.length === 0) {
    return [
      {
        ...web,
        name: 'web',
        title: 'The web instance',
        readyUrl: `http://127.0.0.1:${port}/api/ready`,
        healthUrl: `http://127.0.0.1:${port}/api/health`,
        environment: { ...WEB_MEMORY.environment, ...shared.environment },
      },
    ]
  }
  return instancePorts.map((own, i) => ({
    ...web,
    name: `web-${i + 1}`,
    title: `Web instance ${i + 1}`,
    readyUrl: `http://127.0.0.1:${own}/api/ready`,
    healthUrl: `http://127.0.0.1:${own}/api/health`,
    environment: { ...WEB_MEMORY.environment, ...shared.environment, INSTANCE_PORT: String(own), HOST: LOOPBACK },
  }))
}

function workerRoles({ workerPorts }: ShopOptions): Role[] {
  return workerPorts.map((port, i) => ({
    kind: 'worker' as const,
    file: 'workers/index.ts',
    stopWithinMs: WORKER_STOPS_WITHIN_MS,
    name: workerPorts.length === 1 ? 'worker' : `worker-${i + 1}`,
    title: workerPorts.length === 1 ? 'The worker' : `Worker ${i + 1}`,
    readyUrl: `http://127.0.0.1:${port}/ready`,
    environment: { WORKER_PORT: String(port), HOST: LOOPBACK },
  }))
}

function edgeRoles({ edge }: ShopOptions): Role[] {
  if (!edge) return []
  return [
    {
      kind: 'edge',
      file: `edge/${edge.kind}/serve.ts`,
      stopWithinMs: EDGE_STOPS_WITHIN_MS,
      name: 'edge',
      title: 'The edge',
      readyUrl: `http://127.0.0.1:${edge.port}/api/health`,
      environment: { HOST: LOOPBACK },
    },
  ]
}

function proberRoles({ proberPort }: ShopOptions): Role[] {
  if (proberPort === undefined) return []
  return [
    {
      kind: 'prober',
      file: 'workers/prober.ts',
      stopWithinMs: WORKER_STOPS_WITHIN_MS,
      name: 'prober',
      title: 'The prober',
      readyUrl: `http://127.0.0.1:${proberPort}/ready`,
      environment: { PROBER_PORT: String(proberPort), HOST: LOOPBACK },
    },
  ]
}

/** The account of the shop's processes; undefined for the account of this process. */
function userOf({ environment }: ShopOptions): Account | undefined {
  const name = environment['RUN_AS']
  return name === undefined
    ? undefined
    : accountOf(name, [root, path.join(root, 'node_modules'), path.dirname(process.execPath)])
}

function spec(
  { kind, name, title, file, flags = [], stopWithinMs, environment, sockets }: Role,
  options: ShopOptions,
): ChildSpec {
  return {
    name,
    title,
    program: process.execPath,
    args: [...flags, path.join(root, file)],
    env: {
      ...processEnvironment(kind, options.environment),
      ...environment,
      NODE_ENV: 'production',
      NEXT_DIST_DIR: options.distDir,
    },
    cwd: root,
    logFile: path.join(options.dataFolder, `logs/${name}.log`),
    sockets,
    user: userOf(options),
    stopSignal: 'SIGTERM',
    // It takes requests for so long after SIGTERM.
    stopWithinMs: stopWithinMs + Number(options.environment['SHUTDOWN_DRAIN_MS'] ?? 0),
  }
}

/** Builds the shop where that is due, starts web instances and workers, and waits until all answer. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { distDir, dataFolder, catalog, supervisor } = options
  const logFile = path.join(dataFolder, 'logs/build.log')
  await build({ environment: environmentOf(options), distDir, catalog, logFile, signal: supervisor.signal })
  return startProcesses(options)
}

function environmentOf({ environment, port, instancePorts = [], workerPorts, edge }: ShopOptions): Environment {
  return {
    ...environment,
    PORT: String(port),
    WORKER_PORT: String(workerPorts[0]),
    ...(instancePorts.length > 0 && { WEB_URLS: instancePorts.map((own) => `http://127.0.0.1:${own}`).join(',') }),
    ...(edge && { EDGE: edge.kind, EDGE_PORT: String(edge.port) }),
    PUBLIC_URL: environment['PUBLIC_URL'] ?? `http://localhost:${port}`,
  }
}

/** The same, on the build that is there. */
export async function startProcesses(given: ShopOptions): Promise<Shop> {
  const { port, instancePorts = [], edge, supervisor } = given
  const environment = environmentOf(given)
  const options = { ...given, environment }
  await step('Starting the shop', async () => {
    const start = (roles: readonly Role[]) =>
      Promise.all(
        roles.map((role) => {
          const ready = (child: Child) => waitUntilReady(child, role.readyUrl)
          return ready(supervisor.start(spec(role, options), { ready, healthUrl: role.healthUrl }))
        }),
      )
    await start([...webRoles(options), ...workerRoles(options), ...edgeRoles(options)])
    // To the prober a web instance that is starting is one that does not answer: an alert.
    await start(proberRoles(options))
  })
  supervisor.watch()
  return {
    url: `http://localhost:${port}`,
    instances: instancePorts.map((own) => `http://127.0.0.1:${own}`),
    edge: edge && `http://localhost:${edge.port}`,
    environment,
  }
}
