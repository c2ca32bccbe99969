/** Each edge with the real thing behind it, or with a server that answers as its vendor documents. */
import { startWorker } from '../local/startWorker.ts'
import { startVarnish } from '../varnish/startVarnish.ts'
import { freePort } from '../../tools/run/ports.ts'
import { varnishProgram } from '../../tools/services/varnishProgram.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { CloudflareEdge } from '#lib/cdn/adapters/cloudflare.ts'
import { FastlyEdge } from '#lib/cdn/adapters/fastly.ts'
import { LocalEdge } from '#lib/cdn/adapters/local.ts'
import { VarnishEdge } from '#lib/cdn/adapters/varnish.ts'
import { cloudflare, fastly } from './vendors.ts'

export interface EdgeUnderTest {
  readonly edge: EdgePort
  /** The same edge, whose control calls go elsewhere. */
  readonly controlledAt: (url: string) => EdgePort
  stop(): Promise<void>
}

export const SECRET = 'the secret of the contract, long enough'
/** Varnish keeps what no purge reaches for so long: longer than any test. */
const PAGE_TTL_S = 600
const TIMEOUT_MS = 2_000

/** By name; each starts in front of `origin`. */
export const EDGES: Readonly<Record<string, (origin: string) => Promise<EdgeUnderTest>>> = {
  async 'our Worker on workerd'(origin) {
    const { url, stop } = await startWorker({ port: await freePort(), origin, secret: SECRET, trustMs: 600_000 })
    const at = (controlUrl: string) => new LocalEdge({ url, controlUrl, secret: SECRET, timeoutMs: TIMEOUT_MS })
    const edge = at(url)
    // It is trusted from the confirmation after the one that began its index.
    await edge.publish([], 0)
    await edge.publish([], 0)
    return { edge, controlledAt: at, stop }
  },
  async varnishd(origin) {
    const program = await varnishProgram(AbortSignal.timeout(300_000))
    const { url, stop } = await startVarnish({
      program,
      port: await freePort(),
      origin,
      secret: SECRET.replaceAll(' ', '-'),
      pageTtlS: PAGE_TTL_S,
      trustS: 600,
    })
    const at = (controlUrl: string) =>
      new VarnishEdge({ url, controlUrl, secret: SECRET.replaceAll(' ', '-'), timeoutMs: TIMEOUT_MS })
    const edge = at(url)
    // The first asks for a moment, the second confirms it.
    await edge.publish([], 0)
    await edge.publish([], 0)
    return { edge, controlledAt: at, stop }
  },
  async Cloudflare(origin) {
    const vendor = await cloudflare(origin)
    const at = (api: string) =>
      new CloudflareEdge({
        url: vendor.url,
        api,
        token: 't',
        accountId: 'a',
        zoneId: 'z',
        namespaceId: 'n',
        timeoutMs: TIMEOUT_MS,
      })
    return { edge: at(vendor.url), controlledAt: at, stop: vendor.stop }
  },
  async Fastly(origin) {
    const vendor = await fastly(origin)
    const at = (api: string) =>
      new FastlyEdge({ url: vendor.url, api, token: 't', serviceId: 's', timeoutMs: TIMEOUT_MS })
    return { edge: at(vendor.url), controlledAt: at, stop: vendor.stop }
  },
}

/** The edges that an edit waits for. */
export const IMMEDIATE_EDGES = Object.entries(EDGES).filter(([name]) => !['Cloudflare', 'Fastly'].includes(name))
