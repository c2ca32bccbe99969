/**
 * `npm run bench:edge-fill`: what it costs a Worker to fill a template, against sending the page that the shop has filled. In
 * processor time of workerd and in bytes that the Worker reads and sends.
 */
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { Redis } from 'ioredis'
import { Miniflare } from 'miniflare'
import pg from 'pg'
import { COMPATIBILITY_DATE } from '../../edge/local/startWorker.ts'
import { workerModules } from '../../edge/local/workerModules.ts'
import { shopSlots } from '../../lib/catalog/slots.ts'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { keys } from '../../lib/coherence/protocol/keys.ts'
import { parseTagState } from '../../lib/coherence/protocol/tagState.ts'
import { decode } from '../../lib/coherence/store/codec.ts'
import { isFlatTemplate } from '../../lib/coherence/template/flatTemplate.ts'
import { slotsIn, type Part, type Slot } from '../../lib/coherence/template/parts.ts'
import { fill, partsOf } from '../../lib/coherence/testing/templateParts.ts'
import { SlotValues, valueNamed } from '../../lib/coherence/template/slotValues.ts'
import { processorMs } from '../edge/processorTime.ts'
import { prepareShops } from '../lib/build.ts'
import { readPage, someProducts } from '../lib/pages.ts'
import { pooled } from '../lib/pooled.ts'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { shopEnvironment } from '../lib/shop.ts'
import { benchStores } from '../lib/stores.ts'
import { shopServer } from '../serve/contestants.ts'

const REQUESTS = 1_000
const ROUNDS = 3
const AT_ONCE = 4
const PRODUCTS = 300

interface Sample {
  readonly parts: readonly Part[]
  readonly filled: Buffer
  readonly plainBytes: number
  readonly payloads: readonly string[]
  readonly values: Record<string, string | number>
}

/** The template of HTML in an entry of the page cache. */
async function templateIn(entry: unknown): Promise<readonly Part[] | undefined> {
  if (typeof entry !== 'object' || entry === null) return undefined
  const packed: unknown = Reflect.get(Reflect.get(Reflect.get(entry, 'value'), 'content'), 'packed')
  const html: unknown = packed instanceof Map ? packed.get('html') : undefined
  const template = html instanceof Uint8Array ? decode(Buffer.from(html)) : undefined
  return isFlatTemplate(template) ? partsOf(template) : undefined
}

/** A product page as the shop keeps it and sends it. */
async function sample(url: string, redis: Redis, address: string): Promise<Sample> {
  await redis.flushdb()
  await readPage(url + address)
  const [key] = await redis.keys('evergreen:page:*')
  const bytes = key === undefined ? null : await redis.getBuffer(key)
  const parts = await templateIn(bytes && decode(bytes))
  if (!parts) throw new Error('the page cache has no template')
  const tags = [...new Set([...slotsIn(parts)].flatMap((slot) => slot.tags))]
  const states = new Map(
    (await redis.mget(tags.map(keys.tag))).map((text, i) => [tags[i] ?? '', parseTagState(text)] as const),
  )
  const values = new SlotValues(shopSlots())
  const rows = values.rows(tags, states)
  if (!rows) throw new Error('the index has not all payloads')
  const filling = values.filling(rows)
  const named = ({ leaf, tags: of, argument }: Slot) => `${leaf} ${of.join()} ${argument}`
  const answer = await fetch(url + address, { headers: { 'accept-encoding': 'br' } })
  const plain = Buffer.from(await answer.arrayBuffer())
  return {
    parts,
    filled: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    plainBytes: fill(parts, filling).byteLength,
    payloads: [...states.values()].flatMap(({ payload }) => payload ?? []),
    values: Object.fromEntries(
      [...slotsIn(parts)].flatMap((slot) => {
        const value = filling.value(slot.tags, valueNamed(`${slot.leaf} ${slot.argument}`))
        return value === undefined || value === null ? [] : [[named(slot), value]]
      }),
    ),
  }
}

/** Bytes as text, for JSON. */
function asText(parts: readonly Part[]): unknown[] {
  return parts.map((part) => {
    if (part instanceof Uint8Array) return Buffer.from(part).toString()
    if ('leaf' in part) return part
    if ('when' in part) return { ...part, parts: asText(part.parts) }
    return 'embedded' in part ? { embedded: asText(part.embedded) } : { counted: asText(part.counted) }
  })
}

const stores = await benchStores()
Object.assign(process.env, shopEnvironment(stores))
const [own] = await prepareShops([ours], stores, PRODUCTS)
if (!own) throw new Error('no shop was built')
const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 1 })
const [product] = await someProducts(postgres, 1)
await postgres.end()
const redis = new Redis(stores.redisUrl)
const page = await shopServer('Evergreen', own, stores, {}).run(({ url }) => sample(url, redis, product?.path ?? ''))
redis.disconnect()
await stores.close()

const root = path.resolve(import.meta.dirname, '../..')
const template = gzipSync(JSON.stringify(asText(page.parts)))
const miniflare = new Miniflare({
  host: '127.0.0.1',
  port: 0,
  cf: false,
  modulesRoot: root,
  modules: workerModules(path.join(import.meta.dirname, 'worker.ts')),
  compatibilityDate: COMPATIBILITY_DATE,
  compatibilityFlags: ['nodejs_compat'],
  bindings: { PAYLOADS: page.payloads, VALUES: page.values },
  dataBlobBindings: { FILLED: page.filled, TEMPLATE: template },
})
const { origin } = await miniflare.ready

/** @returns processor milliseconds of workerd a request, the least of some rounds, and bytes of the last answer */
async function cost(at: string): Promise<{ ms: number; bytes: number }> {
  const rounds: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const before = processorMs('workerd')
    await pooled(Array.from({ length: REQUESTS }), AT_ONCE, async () => {
      const response = await fetch(origin + at, { headers: { 'accept-encoding': 'br, gzip' } })
      if (!response.ok) throw new Error(`${at} answered ${response.status}: ${await response.text()}`)
      bytes = (await response.arrayBuffer()).byteLength
    })
    rounds.push((processorMs('workerd') - before) / REQUESTS)
  }
  return { ms: Math.min(...rounds), bytes }
}

const nothing = await cost('/nothing')
const prices = page.payloads.reduce((sum, payload) => sum + payload.length, 0)
const ways = [
  ['sends what the shop filled', '/filled', page.filled.byteLength],
  ['fills an unpacked template, sends it plain', '/fill', prices],
  ['the same, packed with gzip', '/fill-and-pack', prices],
  ['unpacks the template, fills it, sends it plain', '/unpack-and-fill', prices + template.byteLength],
] as const
const rows = []
for (const [name, at, read] of ways) {
  const { ms, bytes } = await cost(at)
  if (bytes < page.plainBytes / 2) throw new Error(`${at} sent ${bytes} bytes, the page has ${page.plainBytes}`)
  rows.push([name, `${(ms - nothing.ms).toFixed(2)} ms`, `${(read / 1_000).toFixed(1)} kB`])
}
await miniflare.dispose()

const HEAD = ['the Worker', 'processor time', 'reads']
writeReport({
  file: 'edge-fill.md',
  title: 'A Worker that fills a page, against one that sends it',
  command: 'npm run bench:edge-fill',
  stores: stores.versions,
  plot: { title: 'processor time of a request, ms', bars: barsOf(HEAD, rows, 'processor time') },
  body: [
    `A product page of ${(page.plainBytes / 1_000).toFixed(1)} kB with ${page.payloads.length} prices; ${(page.filled.byteLength / 1_000).toFixed(1)} kB packed with brotli. Processor time of workerd a request, above that of a request that answers with nothing (${nothing.ms.toFixed(2)} ms); the least of ${ROUNDS} rounds of ${REQUESTS}. "Reads" is what the Worker would ask KV for. What KV would hold is in memory here, and the value of each slot is made before: filling costs at least this.`,
    markdownTable(HEAD, rows),
  ],
})
process.exit(0)
