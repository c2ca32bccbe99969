/** Previews that were drawn, and those that are waiting to be: drawing keeps the whole process busy for 0.2 s. */
import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { ImageResponse } from 'next/og'
import type { ReactElement } from 'react'
import type { ProductAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { pictureFonts } from './fonts.ts'
import { ListCard, type ListCardProps } from './ListCard.tsx'
import { CARD_SIZE } from './parts.tsx'
import { ProductCard } from './ProductCard.tsx'

/** About 100 KB each. */
const drawn = new LRUCache<string, Promise<Buffer>>({ max: 300 })
/** Longer than that a crawler would wait in vain. */
const MOST_WAITING = 20
let waiting = 0
let last: Promise<unknown> = Promise.resolve()

async function draw(card: ReactElement): Promise<Buffer> {
  const picture = new ImageResponse(card, { ...CARD_SIZE, fonts: await pictureFonts() })
  return Buffer.from(await picture.arrayBuffer())
}

/** One at a time, and what else the process has to do in between. */
function inTurn(card: ReactElement): Promise<Buffer> {
  waiting++
  const turn = last
    .then(() => setImmediate())
    .then(() => draw(card))
    .finally(() => waiting--)
  last = turn.catch(() => undefined)
  return turn
}

function keptOrDrawn(key: string, card: ReactElement): Promise<Buffer> | undefined {
  const known = drawn.get(key)
  if (known) return known
  if (waiting >= MOST_WAITING) return undefined
  const picture = inTurn(card)
  drawn.set(key, picture)
  picture.catch(() => drawn.delete(key))
  return picture
}

/** @returns the PNG; undefined when so many others wait that asking again later is better */
export async function pictureOf(product: ProductAtVersion, priceVersion: number): Promise<Buffer | undefined> {
  return keptOrDrawn(`${product.id}@${product.version} ${priceVersion}`, <ProductCard product={product} />)
}

/** @returns as `pictureOf` */
export async function listPicture(card: ListCardProps): Promise<Buffer | undefined> {
  return keptOrDrawn(JSON.stringify(card), <ListCard {...card} />)
}
