/** Replaces Next's formatter of address objects: each link of the shop names a text. */
export function formatUrl(address: unknown): never {
  throw new TypeError(`a link takes an address as text, not as ${typeof address}`)
}
