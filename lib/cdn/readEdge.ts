import type { EdgeReading } from '#lib/cdn/edgePort.ts'
import { PROBE_HEADER } from '#lib/coherence/index.ts'

const TIMEOUT_MS = 10_000

/** Reads a page through the edge as a shopper does. @param origin what a browser types */
export async function readEdge(origin: string, path: string): Promise<EdgeReading> {
  const response = await fetch(origin + path, {
    headers: { accept: 'text/html', [PROBE_HEADER]: '1' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return { status: response.status, body: await response.text(), cache: response.headers.get('x-cache') ?? 'none' }
}
