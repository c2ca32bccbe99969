/** Optimised images: what `images.customCacheHandler` asks of `cacheHandler`. */
import { strict as assert } from 'node:assert'
import { described } from './protocol.ts'
import { tick, until, type Check, type Product } from './conformanceFixture.ts'

/** Every byte there is: nothing that takes it for text gives it back. */
const BYTES = Buffer.from(Array.from({ length: 8_192 }, (_zero, i) => (i * 7) % 256))

/** ETags as Next makes them: base64url, which its own cache puts into the name of a file. */
function image(product: Product) {
  const etag = (of: string) => Buffer.from(`${of} ${product.id}`).toString('base64url')
  return { kind: 'IMAGE', buffer: BYTES, etag: etag('image'), upstreamEtag: etag('source'), extension: 'webp' }
}

const keyOf = (product: Product, name = 'image') => `${name}-of-${product.id}`

export const imageChecks: Check[] = [
  {
    id: 'image-whole',
    title: 'An optimised image comes back as it was stored, on each instance: every byte, type, both ETags',
    part: 'pages',
    async run({ a, b, usesRedis }, product) {
      const stored = image(product)
      await a.fill(keyOf(product), stored, {}, 'IMAGE')
      for (const instance of usesRedis ? [a, b] : [a]) {
        const { verdict, value } = await instance.read(keyOf(product), 'IMAGE')
        assert.equal(verdict, 'fresh')
        // Next adds the lifetime itself when it has a handler to give it to, and reads it from there.
        assert.deepEqual(
          { ...Object(value), revalidate: undefined },
          { ...Object(described(stored)), revalidate: undefined },
        )
      }
    },
  },
  {
    id: 'image-lifetime',
    title: 'An image past its own `revalidate` time is not fresh, and another one stays',
    part: 'pages',
    async run({ a }, product) {
      await a.fill(keyOf(product, 'lasting'), image(product), {}, 'IMAGE')
      await a.fill(keyOf(product), image(product), { revalidate: 1 }, 'IMAGE')
      await until('the image is not fresh', async () => (await a.read(keyOf(product), 'IMAGE')).verdict !== 'fresh')
      assert.equal((await a.read(keyOf(product, 'lasting'), 'IMAGE')).verdict, 'fresh', 'the other one is gone')
    },
  },
  {
    id: 'image-edit',
    title: 'An edit of a product does not make its images be optimised again: they have no tags',
    part: 'pages',
    async run({ a }, product) {
      await a.fill(keyOf(product), image(product), {}, 'IMAGE')
      await tick()
      await product.edit(a)
      await a.revalidate([product.pathTag])
      assert.equal((await a.read(keyOf(product), 'IMAGE')).verdict, 'fresh')
    },
  },
]
