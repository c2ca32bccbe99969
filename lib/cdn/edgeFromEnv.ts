/** The edge that EDGE names. */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { env } from '#lib/platform/env.ts'
import { CloudflareEdge } from './adapters/cloudflare.ts'
import { FastlyEdge } from './adapters/fastly.ts'
import { LocalEdge } from './adapters/local.ts'
import { VarnishEdge } from './adapters/varnish.ts'

/** @returns undefined where there is none */
export function edgeFromEnv(): EdgePort | undefined {
  const { EDGE, EDGE_CONTROL_URL: controlUrl, EDGE_SECRET: secret, edgeUrl: url, ...vendor } = env()
  const own = { url, secret, ...(controlUrl !== undefined && { controlUrl }) }
  const api = controlUrl !== undefined && { api: controlUrl }
  switch (EDGE) {
    case 'none':
      return undefined
    case 'local':
      return new LocalEdge(own)
    case 'varnish':
      return new VarnishEdge(own)
    // env() has checked that these are there.
    case 'cloudflare':
      return new CloudflareEdge({
        url,
        token: vendor.CLOUDFLARE_API_TOKEN ?? '',
        accountId: vendor.CLOUDFLARE_ACCOUNT_ID ?? '',
        zoneId: vendor.CLOUDFLARE_ZONE_ID ?? '',
        namespaceId: vendor.CLOUDFLARE_KV_NAMESPACE_ID ?? '',
        ...api,
      })
    case 'fastly':
      return new FastlyEdge({
        url,
        token: vendor.FASTLY_API_TOKEN ?? '',
        serviceId: vendor.FASTLY_SERVICE_ID ?? '',
        ...api,
      })
    default:
      return EDGE satisfies never
  }
}
