/** PNGs that were drawn, and those that are waiting to be: drawing keeps the whole process busy for 0.2 s. */
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
/** Google asks for 500 at least. */
const RASTER_PX = 1_000
let waiting = 0
let last: Promise<unknown> = Promise.resolve()

type Draw = () => Promise<ImageResponse>

/** One at a time, and what else the process has to do in between. */
function inTurn(draw: Draw): Promise<Buffer> {
  waiting++
  const turn = last
    .then(() => setImmediate())
    .then(async () => Buffer.from(await (await draw()).arrayBuffer()))
    .finally(() => waiting--)
  last = turn.catch(() => undefined)
  return turn
}

async function drawnOnce(key: string, draw: Draw): Promise<Buffer | undefined> {
  const known = drawn.get(key)
  if (known) return known
  if (waiting >= MOST_WAITING) return undefined
  const picture = inTurn(draw)
  drawn.set(key, picture)
  picture.catch(() => drawn.delete(key))
  return picture
}

/** @returns the PNG; undefined when so many others wait that asking again later is better */
export function pictureOf(product: ProductAtVersion, priceVersion: number): Promise<Buffer | undefined> {
  return drawnOnce(
    `${product.id}@${product.version} ${priceVersion}`,
    async () => new ImageResponse(<ProductCard product={product} />, { ...CARD_SIZE, fonts: await pictureFonts() }),
  )
}

/**
 * A drawing for those that read no SVG, such as shopping engines.
 * @param svg square @returns as `pictureOf`
 */
export function rasterOf(svg: string): Promise<Buffer | undefined> {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  return drawnOnce(source, async () => {
    // oxlint-disable-next-line nextjs/no-img-element -- drawn into a picture, not into a page
    const image = <img src={source} width={RASTER_PX} height={RASTER_PX} alt="" />
    return new ImageResponse(image, { width: RASTER_PX, height: RASTER_PX })
  })
}
