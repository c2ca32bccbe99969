import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import type { Entry } from '../store/entryStore.ts'
import { FilledPages, type FilledPage } from '../store/filledPages.ts'
import { packTemplate } from '../store/packedTemplate.ts'
import type { CachedPage, PageValue } from '../store/pageCache.ts'
import type { Part } from '../template/parts.ts'
import { UNKNOWN_TAG } from '../protocol/tagState.ts'
import { SlotValues } from '../template/slotValues.ts'
import { readyPage, sendPage, type FoundPage } from './sendPage.ts'

/** The tags of two rows: a filling makes nothing anew that follows from one alone. */
const TAGS = ['price:1', 'price:2']

/** A page that shows how often it was filled. */
async function countingPage(text: string): Promise<FoundPage & { fillAt: (key: string) => FilledPage }> {
  let fillings = 0
  const value = () => `filling ${++fillings}`
  const kinds = { price: (payload: string) => ({ payload }) }
  const values = new SlotValues({ secret: '', kinds, leaves: { count: { kind: 'price', value } } })
  const template: Part[] = [Buffer.from(text), { leaf: 'count', tags: TAGS, argument: '', place: 'html' }]
  const page: CachedPage = {
    kind: 'APP_PAGE',
    packed: await packTemplate(new Map([['html', template]])),
    headers: undefined,
    postponed: undefined,
    status: 200,
  }
  const entry: Entry<PageValue> = {
    value: { content: page, cacheControl: undefined },
    dependencies: { tags: TAGS, versions: new Map(), slots: new Set(TAGS) },
    ttl: 60,
    startedAt: 1,
    epoch: 'one',
    source: 'one',
  }
  const states = new Map(TAGS.map((name) => [name, { ...UNKNOWN_TAG, version: 1, payload: name }]))
  const pages = new FilledPages({ maxBytes: 1e6 }, values)
  const fillAt = (key: string) => {
    const filled = pages.pageFor(key, entry, page, { from: 'source', epoch: 'one', states })
    if (!filled) throw new Error('not filled')
    return filled
  }
  const documentHeaders = (html: Buffer) => ({ 'x-document': html.toString().slice(-20) })
  const cdnHeaders = () => ({})
  const found = { pages, representation: 'html', cache: 'HIT l1', cdnHeaders, documentHeaders } as const
  return { ...found, filled: fillAt('/'), fillAt }
}

it('fills a page once: for its body, for the headers that follow from it, and for all requests that come together', async () => {
  const found = await countingPage('<p>')
  const server = createServer((request, response) => void sendPage(request, response, found)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const read = async () => {
    const response = await fetch(`http://127.0.0.1:${address.port}/`, { headers: { 'accept-encoding': 'br' } })
    return [response.headers.get('x-document'), await response.text()]
  }
  for (const answer of await Promise.all([read(), read(), read()]))
    expect(answer).toEqual(['<p>filling 1', '<p>filling 1'])
  expect(await read()).toEqual(['<p>filling 1', '<p>filling 1'])
  server.close()
  server.closeAllConnections()
})

it('fills a large page in the turn of the event loop in which it is asked for: a busy process takes a tenth of a second for one', async () => {
  const found = await countingPage('<p>a large page</p>'.repeat(20_000))
  let turns = 0
  const turn = () => {
    turns++
    next = setImmediate(turn)
  }
  let next = setImmediate(turn)
  const ready = await readyPage(found, 'br')
  clearImmediate(next)
  expect(ready?.headers['x-document']).toMatch(/filling 1$/)
  expect(turns).toBeLessThanOrEqual(1)
  // A hit waits for nothing.
  expect(readyPage(found, 'br')).not.toBeInstanceOf(Promise)
})

const noise = randomBytes(30_000).toString('base64')

it('lets go of filled pages when their packed bytes come to more than its share', async () => {
  const { pages, fillAt } = await countingPage(noise)
  const keys = Array.from({ length: 10 }, (_, i) => `/${i}`)
  for (const key of keys) pages.body(fillAt(key), 'html', 'br')
  const { fills } = pages
  fillAt('/9')
  expect(pages.fills).toBe(fills)
  fillAt('/0')
  expect(pages.fills).toBe(fills + 1)
})

it.each(['br', 'gzip'] as const)(
  'takes no memory for a filling but that of its packed bytes, with %s',
  async (encoding) => {
    const { pages, fillAt } = await countingPage(noise)
    const before = process.memoryUsage().arrayBuffers
    let packed = 0
    for (let i = 0; i < 100; i++) {
      const body = pages.body(fillAt(`/${i}`), 'html', encoding)
      if (!body || body instanceof Promise) throw new Error('not packed at once')
      packed += body.bytes.byteLength
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1.3 * packed)
  },
)
