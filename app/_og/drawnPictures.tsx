/** Previews that were drawn, and those that are waiting to be: drawing keeps the whole process busy for 0.2 s. */
import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { ImageResponse } from 'next/og'
import type { ProductAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { pictureFonts } from './fonts.ts'
import { CARD_SIZE, ProductCard } from './ProductCard.tsx'

/** About 100 KB each. */
const drawn = new LRUCache<string, Promise<Buffer>>({ max: 300 })
/** Longer than that a crawler would wait in vain. */
const MOST_WAITING = 20
let waiting = 0
let last: Promise<unknown> = Promise.resolve()

async function draw(product: ProductAtVersion): Promise<Buffer> {
  const picture = new ImageResponse(<ProductCard product={product} />, { ...CARD_SIZE, fonts: await pictureFonts() })
  return Buffer.from(await picture.arrayBuffer())
}

/** One at a time, and what else the process has to do in between. */
function inTurn(product: ProductAtVersion): Promise<Buffer> {
  waiting++
  const turn = last
    .then(() => setImmediate())
    .then(() => draw(product))
    .finally(() => waiting--)
  last = turn.catch(() => undefined)
  return turn
}

/** @returns the PNG; undefined when so many others wait that asking again later is better */
export async function pictureOf(product: ProductAtVersion, priceVersion: number): Promise<Buffer | undefined> {
  const key = `${product.id}@${product.version} ${priceVersion}`
  const known = drawn.get(key)
  if (known) return known
  if (waiting >= MOST_WAITING) return undefined
  const picture = inTurn(product)
  drawn.set(key, picture)
  picture.catch(() => drawn.delete(key))
  return picture
}
