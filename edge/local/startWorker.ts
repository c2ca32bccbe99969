/** The Worker on workerd, on this machine, with KV and the cache in memory. */
import path from 'node:path'
import { Log, LogLevel, Miniflare } from 'miniflare'
import { workerModules } from './workerModules.ts'

export interface LocalWorker {
  readonly url: string
  stop(): Promise<void>
}

export interface LocalWorkerOptions {
  /** 0: any that is free. */
  readonly port: number
  /** The address of each web instance, apart by commas. */
  readonly origin: string
  readonly publicUrl?: string
  readonly secret: string
  /** True where a proxy of this machine that writes X-Forwarded-For stands in front. */
  readonly behindProxy?: boolean
  readonly trustMs?: number
  readonly listTtlS?: number
}

/** As in wrangler.jsonc. */
export const COMPATIBILITY_DATE = '2026-07-01'
/** Milliseconds. The worker confirms each second. */
const TRUST_MS = 10_000
const LIST_TTL_S = 30

export async function startWorker({
  port,
  origin,
  publicUrl,
  secret,
  behindProxy = false,
  trustMs = TRUST_MS,
  listTtlS = LIST_TTL_S,
}: LocalWorkerOptions): Promise<LocalWorker> {
  const root = path.resolve(import.meta.dirname, '../..')
  const miniflare = new Miniflare({
    name: 'edge',
    host: '127.0.0.1',
    port,
    log: new Log(LogLevel.WARN),
    // Cloudflare's facts about the visitor's place: asked for over the network otherwise.
    cf: false,
    modulesRoot: root,
    modules: workerModules(path.join(root, 'edge/worker/index.ts')),
    compatibilityDate: COMPATIBILITY_DATE,
    kvNamespaces: ['VERSIONS'],
    bindings: {
      ORIGIN: origin,
      PUBLIC_URL: publicUrl ?? `http://localhost:${port}`,
      EDGE_SECRET: secret,
      // workerd gives the Worker no fact of the connection that a visitor could not state too. It listens on loopback
      // only, so the client is this machine, or the one that a proxy on it names.
      CLIENT_ADDRESS_HEADER: behindProxy ? 'x-forwarded-for' : '',
      TRUST_MS: String(trustMs),
      LIST_TTL_S: String(listTtlS),
    },
  })
  const address = await miniflare.ready
  return { url: address.origin, stop: () => miniflare.dispose() }
}
