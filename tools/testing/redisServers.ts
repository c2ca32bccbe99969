import type { Environment } from '../run/environment.ts'

/** @returns each Redis of a shop with open servers, for a connection that names no user: queue and index first, then bodies */
export function redisServers({ REDIS_URL, CACHE_REDIS_URL }: Environment): string[] {
  return [REDIS_URL, CACHE_REDIS_URL].flatMap((address) => {
    if (address === undefined) return []
    const url = new URL(address)
    url.username = ''
    url.password = ''
    return [url.href]
  })
}
