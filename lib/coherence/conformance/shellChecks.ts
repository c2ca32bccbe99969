/**
 * Partial prerendering: fallback shells, which Next keeps by route and asks for with `isFallback`, and pages whose
 * postponed parts are rendered on each request from the state that was stored.
 */
import { strict as assert } from 'node:assert'
import { described } from './protocol.ts'
import { tick, type Check, type Product } from './conformanceFixture.ts'

const keyOf = (product: Product) => `/en/products/[slug]/${product.id}`

/** As Next stores a shell: no RSC payload of its own, and the state of what comes with each request. */
async function shell(product: Product) {
  return {
    ...(await product.page()),
    rscData: undefined,
    postponed: `123:[["slug","%%drp:slug:${product.id}%%","d"]]null{"resume":"ü ✓"}`,
  }
}

/** Checks that the cache does not serve the shell from before a change between `read` and the look at the cache. */
async function refusesShell(
  at: { read: (key: string, kind: 'SHELL') => Promise<{ verdict: string }> },
  product: Product,
): Promise<void> {
  assert.equal((await at.read(keyOf(product), 'SHELL')).verdict, 'miss', 'the old shell was served')
}

export const shellChecks: Check[] = [
  {
    id: 'shell-whole',
    title: 'A fallback shell comes back as it was stored, on each instance: HTML, postponed state, segments',
    part: 'pages',
    async run({ a, b, usesRedis }, product) {
      const stored = await shell(product)
      await a.fill(keyOf(product), stored, {}, 'SHELL')
      for (const instance of usesRedis ? [a, b] : [a]) {
        const { verdict, value } = await instance.read(keyOf(product), 'SHELL')
        assert.equal(verdict, 'fresh')
        assert.deepEqual(value, described(stored))
      }
    },
  },
  {
    id: 'postponed-whole',
    title: 'A partially prerendered page comes back with the postponed state that belongs to its HTML',
    part: 'pages',
    async run({ a }, product) {
      const stored = await shell(product)
      await a.fill(product.key, stored)
      const { verdict, value } = await a.read(product.key)
      assert.equal(verdict, 'fresh')
      assert.deepEqual(value, described(stored))
    },
  },
  {
    id: 'shell-revalidate-tag',
    title: '`revalidateTag`: no instance serves a shell that used the tag',
    part: 'pages',
    async run({ a, b }, product) {
      await a.fill(keyOf(product), await shell(product), {}, 'SHELL')
      await b.read(keyOf(product), 'SHELL')
      await tick()
      await product.edit(a)
      await refusesShell(a, product)
      await refusesShell(b, product)
    },
  },
  {
    id: 'shell-revalidate-path',
    title: '`revalidatePath`: no instance serves the shell of the route again',
    part: 'pages',
    async run({ a, b }, product) {
      await a.fill(keyOf(product), await shell(product), {}, 'SHELL')
      await b.read(keyOf(product), 'SHELL')
      await tick()
      await a.revalidate([product.pathTag])
      await refusesShell(a, product)
      await refusesShell(b, product)
    },
  },
  {
    id: 'shell-poison',
    title: 'Poisoned shell: what was read before an edit and stored after it is not served, on any instance',
    part: 'pages',
    async run({ a, b }, product) {
      const request = await a.open()
      await a.get(request, keyOf(product), 'SHELL')
      const old = await shell(product)
      await tick()
      await product.edit(a)
      await a.set(request, keyOf(product), old, {}, 'SHELL')
      await refusesShell(a, product)
      await refusesShell(b, product)
    },
  },
]
