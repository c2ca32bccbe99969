/** The headers with which our own processes ask a web instance directly, without the edge. */
import { env } from '../env.ts'
import { EDGE_PROOF_HEADER, edgeProof } from './edgeProof.ts'
import { INTERNAL_SECRET_HEADER } from './internalSecret.ts'

/**
 * For a page: what an edge would send.
 * @returns no header for an address that is not of a web instance, so that no other server learns the proof
 */
export async function originHeaders(url: string): Promise<Record<string, string>> {
  const { EDGE, webUrls } = env()
  if (EDGE === 'none' || !webUrls.some((web) => new URL(web).origin === new URL(url).origin)) return {}
  return { [EDGE_PROOF_HEADER]: await edgeProof(env().EDGE_SECRET) }
}

/** @param webUrl of a web instance @param timeoutMs for the whole answer @returns the answer with its metrics */
export function fetchMetrics(webUrl: string, timeoutMs: number): Promise<Response> {
  return fetch(`${webUrl}/api/metrics`, {
    headers: { [INTERNAL_SECRET_HEADER]: env().INTERNAL_SECRET },
    signal: AbortSignal.timeout(timeoutMs),
  })
}
