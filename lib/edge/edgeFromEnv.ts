/** The edge that EDGE names. */
import type { EdgePort } from '#lib/freshness/edgePort.ts'
import { env } from '#lib/platform/env.ts'
import { LocalEdge } from './adapters/local.ts'

/** @returns undefined where there is none */
export function edgeFromEnv(): EdgePort | undefined {
  const { EDGE, EDGE_CONTROL_URL: controlUrl, EDGE_SECRET: secret, edgeUrl: url } = env()
  const own = { url, secret, ...(controlUrl !== undefined && { controlUrl }) }
  switch (EDGE) {
    case 'local': return new LocalEdge(own)
    default: return undefined
  }
}
