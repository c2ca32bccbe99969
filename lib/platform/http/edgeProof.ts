/** Proves to the shop that an edge is ours, so that the shop believes its client addresses. Runs in Node and in a Worker. */

/** The address of the client, as the edge sees it. */
export const EDGE_CLIENT_HEADER = 'x-edge-client-address'
export const EDGE_PROOF_HEADER = 'x-edge-proof'

/**
 * Derived, so that a log which shows the header does not show the secret that signs control calls.
 * @param secret EDGE_SECRET @returns the value of EDGE_PROOF_HEADER, hex
 */
export async function edgeProof(secret: string): Promise<string> {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode('names the client'))
  return [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
