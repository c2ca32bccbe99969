/** The edge that EDGE names. */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { env } from '#lib/platform/env.ts'
import { CloudflareEdge } from './adapters/cloudflare.ts'
import { FastlyEdge } from './adapters/fastly.ts'
import { LocalEdge } from './adapters/local.ts'
import { VarnishEdge } from './adapters/varnish.ts'

function tokenOf(name: 'CLOUDFLARE_API_TOKEN' | 'FASTLY_API_TOKEN'): string {
  const token = env()[name]
  if (!token) throw new Error(`${name} is missing, and EDGE is ${env().EDGE}: see .env.example.`)
  return token
}

/** @returns undefined where there is none @throws {Error} where the token of its vendor is missing */
export function edgeFromEnv(): EdgePort | undefined {
  const vendor = env()
  const { EDGE, EDGE_CONTROL_URL: controlUrl, edgeUrl: url } = vendor
  const own = () => ({ url, secret: vendor.EDGE_SECRET, ...(controlUrl !== undefined && { controlUrl }) })
  const api = controlUrl !== undefined && { api: controlUrl }
  switch (EDGE) {
    case 'none':
      return undefined
    case 'local':
      return new LocalEdge(own())
    case 'varnish':
      return new VarnishEdge(own())
    // env() has checked that what is no secret is there.
    case 'cloudflare':
      return new CloudflareEdge({
        url,
        token: tokenOf('CLOUDFLARE_API_TOKEN'),
        accountId: vendor.CLOUDFLARE_ACCOUNT_ID ?? '',
        zoneId: vendor.CLOUDFLARE_ZONE_ID ?? '',
        namespaceId: vendor.CLOUDFLARE_KV_NAMESPACE_ID ?? '',
        ...api,
      })
    case 'fastly':
      return new FastlyEdge({
        url,
        token: tokenOf('FASTLY_API_TOKEN'),
        serviceId: vendor.FASTLY_SERVICE_ID ?? '',
        ...api,
      })
    default:
      return EDGE satisfies never
  }
}
