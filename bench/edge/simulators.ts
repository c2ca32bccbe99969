/** The cost of a hit on this machine, part by part: workerd alone, one read of its index, one look into its cache, as our Worker makes them. */
import { Miniflare } from 'miniflare'

/** As a product page has. */
const TAGS = Array.from({ length: 14 }, (_, i) => `price:${i + 1}`)
const PAGE_BYTES = 60_000

const SCRIPT = `
const keys = ${JSON.stringify(['state', 'purged', ...TAGS])}
const page = 'https://shop.example/page'
const text = 'x'.repeat(${PAGE_BYTES})
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    if (pathname === '/fill') {
      await Promise.all(keys.map((key) => env.VERSIONS.put(key, '1')))
      await caches.default.put(page, new Response(text, { headers: { 'cache-control': 'public, max-age=3600' } }))
    }
    if (pathname === '/index' || pathname === '/both') await env.VERSIONS.get(keys)
    if (pathname === '/cache' || pathname === '/both') return new Response(await (await caches.default.match(page)).arrayBuffer())
    return new Response(text)
  },
}`

export const PARTS: readonly (readonly [path: string, what: string])[] = [
  ['/alone', 'workerd that answers a page of as many bytes by itself'],
  ['/index', `the same, after one read of KV (${TAGS.length + 2} keys in one call)`],
  ['/cache', 'the same, from one look into its cache'],
  ['/both', 'the same, after both'],
]

export async function startSimulators(): Promise<{ url: string; stop(): Promise<void> }> {
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    modules: true,
    script: SCRIPT,
    compatibilityDate: '2026-07-01',
    kvNamespaces: ['VERSIONS'],
  })
  const { origin: url } = await miniflare.ready
  await (await fetch(`${url}/fill`)).text()
  return { url, stop: () => miniflare.dispose() }
}
