import { expect, it } from 'vitest'
import { unmeasured, type MetricsSink } from '../ports.ts'
import { dependenciesOn, withSlots } from '../protocol/freshness.ts'
import { UNKNOWN_TAG, type TagState } from '../protocol/tagState.ts'
import { SlotValues } from '../template/slotValues.ts'
import type { Entry } from './entryStore.ts'
import { FilledPages } from './filledPages.ts'
import { packTemplate } from './packedTemplate.ts'
import type { CachedPage, PageValue } from './pageCache.ts'

const TAGS = Array.from({ length: 50 }, (_, i) => `price:${1_000 + i}`)
const kinds = { price: (payload: string) => ({ payload }) }
const leaves = { amount: { kind: 'price', value: () => 'amount' } }

function pageOf(packed: CachedPage['packed']): CachedPage {
  return { kind: 'APP_PAGE', packed, headers: undefined, postponed: undefined, status: 200 }
}

function entryOf(page: CachedPage): Entry<PageValue> {
  return {
    value: { content: page, cacheControl: undefined },
    dependencies: withSlots(dependenciesOn([]), TAGS),
    ttl: 60,
    startedAt: 1,
    epoch: 'one',
    source: 'one',
  }
}

/** Counts the looks at it. */
class States extends Map<string, TagState> {
  looks = 0

  override get(name: string): TagState | undefined {
    this.looks++
    return super.get(name)
  }
}

it('compares the versions of a page once with the states that an answer of the index brings', async () => {
  const pages = new FilledPages({ maxBytes: 1e9 }, new SlotValues({ secret: '', kinds, leaves }))
  const parts = TAGS.map((tag) => ({ leaf: 'amount', tags: [tag], argument: 'de', place: 'html' }) as const)
  const page = pageOf(await packTemplate(new Map([['html', parts]])))
  const entry = entryOf(page)
  const statesWith = (version: number) =>
    new States(TAGS.map((name) => [name, { ...UNKNOWN_TAG, version, payload: name }]))
  const pageWith = (states: States) =>
    pages.pageFor('/', entry, page, { from: 'index', epoch: 'one', head: 5, now: 1, states })
  const filled = pageWith(statesWith(1))
  const later = statesWith(1)
  expect(pageWith(later)).toBe(filled)
  const { looks } = later
  expect(looks).toBeGreaterThan(0)
  for (let i = 0; i < 10; i++) expect(pageWith(later)).toBe(filled)
  expect(later.looks).toBe(looks)
  expect(pageWith(statesWith(2)), 'with other versions').not.toBe(filled)
})

it('unpacks a page for good when it is filled for the second time', async () => {
  let heldBytes = () => 0
  const metrics: MetricsSink = {
    ...unmeasured,
    gauge: ({ name }, read) => {
      if (name === 'l1_bytes') heldBytes = () => read()[0]?.value ?? 0
    },
  }
  const pages = new FilledPages({ maxBytes: 1e9, metrics }, new SlotValues({ secret: '', kinds, leaves }))
  const parts = TAGS.flatMap((tag) =>
    ['de', 'en', 'fr', 'ja', 'es'].flatMap((argument) => [
      Buffer.from('<'),
      { leaf: 'amount', tags: [tag], argument, place: 'html' } as const,
    ]),
  )
  const packed = await packTemplate(new Map([['html', parts]]))
  const states = new Map(TAGS.map((name) => [name, { ...UNKNOWN_TAG, version: 1, payload: name }]))
  let made = 0
  const fillPage = (times: number) => {
    const page = pageOf(new Map(Array.from(packed, ([name, bytes]) => [name, Buffer.from(bytes)])))
    const entry = entryOf(page)
    const filled = pages.pageFor(`/${made++}`, entry, page, { from: 'source', epoch: 'one', states })
    if (!filled) throw new Error('not filled')
    for (let i = 0; i < times; i++) expect(pages.plain(filled, 'html')?.byteLength).toBe(250 * '<amount'.length)
  }
  fillPage(1)
  const filledOnce = heldBytes()
  fillPage(2)
  expect(filledOnce).toBeLessThan(6_000)
  expect(heldBytes() - filledOnce).toBeGreaterThan(filledOnce + 250 * '<amount'.length)
})
