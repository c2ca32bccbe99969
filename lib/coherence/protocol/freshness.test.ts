import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dependenciesOf, judge, type Snapshot } from './freshness.ts'
import { parseTagState, type TagState } from './tagState.ts'
import { cacheTags, parseCacheTag, parseTag, parseVersionedTag, versionedTag } from '../tags.ts'

const state = (partial: Partial<TagState>): TagState => ({
  payload: undefined,
  version: 0,
  expiredAt: 0,
  staleAt: 0,
  deadline: 0,
  deliveredAt: 0,
  ...partial,
})
const statesOf = (states: Record<string, Partial<TagState>>) =>
  new Map(Object.entries(states).map(([name, value]) => [name, state(value)]))
const snapshot = (states: Record<string, Partial<TagState>>, now = 0): Snapshot => ({
  from: 'index',
  epoch: 'e1',
  head: 0,
  now,
  states: statesOf(states),
})
const fromSource = (states: Record<string, Partial<TagState>>, epoch: string | undefined = 'e1'): Snapshot => ({
  from: 'source',
  epoch,
  states: statesOf(states),
})
const made = { startedAt: 100, epoch: 'e1' }

describe('an entry', () => {
  const entry = dependenciesOf(['price:42', 'price:42@7', 'product:42@3', '_N_T_/en'])

  it('is fresh while no tag in the index is newer', () => {
    expect(judge(entry, made, snapshot({ 'price:42': { version: 7 }, 'product:42': { version: 3 } }))).toBe('fresh')
  })

  it('is fresh when it is newer than the index: the index may be behind, Postgres was not', () => {
    expect(judge(entry, made, snapshot({ 'price:42': { version: 6 }, 'product:42': { version: 3 } }))).toBe('fresh')
  })

  it('is stale as soon as one tag is newer', () => {
    expect(judge(entry, made, snapshot({ 'price:42': { version: 8 }, 'product:42': { version: 3 } }))).toBe('stale')
  })

  it('is stale when its version is unknown: missing is not fresh', () => {
    expect(judge(entry, made, snapshot({ 'product:42': { version: 3 } }))).toBe('stale')
  })

  it('is stale against another data set: Redis lost what it was checked with', () => {
    const states = { 'price:42': { version: 7 }, 'product:42': { version: 3 } }
    expect(judge(entry, made, { ...snapshot(states), epoch: 'e2' })).toBe('stale')
    expect(judge(entry, { ...made, epoch: undefined }, snapshot(states))).toBe('stale')
  })

  it('is judged by versions alone while Redis is away', () => {
    const states = { 'price:42': { version: 7 }, 'product:42': { version: 3 } }
    expect(judge(entry, made, fromSource(states))).toBe('fresh')
    expect(judge(entry, { ...made, epoch: undefined }, fromSource(states))).toBe('fresh')
    expect(judge(entry, made, fromSource(states, 'e2')), 'a purge of everything').toBe('stale')
    expect(judge(entry, made, fromSource({ ...states, 'price:42': { version: 8 } }))).toBe('stale')
    expect(judge(entry, made, fromSource({ ...states, 'price:42': { version: 6 } })), 'lost by Postgres').toBe('stale')
  })

  it('made from two versions of one row counts as made from the older', () => {
    const torn = dependenciesOf(['price:42@8', 'price:42@7'])
    expect(judge(torn, made, snapshot({ 'price:42': { version: 8 } }))).toBe('stale')
  })

  it('is stale when a tag was revalidated after its render started, however late it was stored', () => {
    const plain = dependenciesOf(['_N_T_/en'])
    expect(judge(plain, made, snapshot({ '_N_T_/en': { expiredAt: 100 } }))).toBe('stale')
    expect(judge(plain, made, snapshot({ '_N_T_/en': { expiredAt: 99 } }))).toBe('fresh')
  })

  it('is replaceable after a gentle revalidation, until the deadline', () => {
    const plain = dependenciesOf(['posts'])
    const gentle = { posts: { staleAt: 100, deadline: 500 } }
    expect(judge(plain, made, snapshot(gentle, 499))).toBe('replaceable')
    expect(judge(plain, made, snapshot(gentle, 500))).toBe('stale')
  })
})

describe('tags', () => {
  it('are read back as they were spelled', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('price', 'product', 'category'),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.integer({ min: 1, max: 2 ** 50 }),
        (kind, id, version) => {
          expect(parseVersionedTag(versionedTag(kind, id, version))).toEqual({ kind, id, version })
        },
      ),
    )
  })

  it('travel together in texts of at most 256 characters, as many as Next takes, and none is lost', () => {
    const versions = fc.record({
      kind: fc.constantFrom('price', 'product', 'stock-level'),
      id: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      version: fc.integer({ min: 1, max: 2 ** 50 }),
    })
    fc.assert(
      fc.property(fc.array(versions, { maxLength: 200 }), (all) => {
        const texts = cacheTags(all)
        for (const text of texts) expect(text.length).toBeLessThanOrEqual(256)
        expect(texts.flatMap((text) => parseCacheTag(text) ?? [])).toEqual(all)
      }),
    )
    const products = Array.from({ length: 500 }, (_, i) => i + 1)
    const page = products.flatMap((id) => [
      { kind: 'product', id, version: 12 },
      { kind: 'price', id, version: 1_234 },
    ])
    expect(cacheTags(page).length).toBeLessThan(128)
  })

  it('of others are left alone', () => {
    for (const text of ['a@b', 'price:1@2+x', '+price:1@2', 'price:1@2+', 'price:1', '_N_T_/en/a+b@c']) {
      expect(parseCacheTag(text)).toBeUndefined()
      expect(dependenciesOf([text])).toEqual({ versions: new Map(), tags: [text], slots: new Set() })
    }
    fc.assert(fc.property(fc.string(), (text) => void [parseTag(text), parseVersionedTag(text)]))
    for (const text of ['_N_T_/layout', 'price:', 'price:0', 'price:x@1', 'Price:1@1', 'price:1@0', 'price:1@-1']) {
      expect(parseVersionedTag(text)).toBeUndefined()
    }
  })
})

describe('a tag in Redis that another program wrote', () => {
  it('counts as unknown, so it is looked up in Postgres', () => {
    expect(parseTagState('garbage').version).toBe(0)
    expect(parseTagState('1e400').version).toBe(0)
    expect(parseTagState('7').version).toBe(7)
    expect(parseTagState('7:1:2:3')).toEqual({ version: 7, expiredAt: 1, staleAt: 2, deadline: 3, deliveredAt: 0 })
    expect(parseTagState('7:1:2:3:4')).toEqual({ version: 7, expiredAt: 1, staleAt: 2, deadline: 3, deliveredAt: 4 })
  })
})
