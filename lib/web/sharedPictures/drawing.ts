/** The thread that draws: satori and resvg keep a processor busy for 0.2 s, in which a web process would answer no request. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { createElement } from 'react'
// Next's own door to it keeps what it draws, which is done here already.
import { ImageResponse } from 'next/dist/compiled/@vercel/og/index.node.js'
import { CARD_SIZE } from './cardParts.ts'
import { listCard, type ListCard } from './listCard.ts'
import { productCard, type ProductCard } from './productCard.ts'

/** The renderer reads WOFF, not the WOFF2 and not the variable font of the pages; without a letter it would ask a server abroad for one. */
const FOLDER = path.join(import.meta.dirname, '../../../node_modules/@fontsource')
const FACES = [
  ['Bricolage Grotesque', 400, 'bricolage-grotesque/files/bricolage-grotesque-latin-400-normal.woff'],
  ['Bricolage Grotesque', 600, 'bricolage-grotesque/files/bricolage-grotesque-latin-600-normal.woff'],
  ['Bricolage Grotesque', 800, 'bricolage-grotesque/files/bricolage-grotesque-latin-800-normal.woff'],
  ['Dela Gothic One', 400, 'dela-gothic-one/files/dela-gothic-one-japanese-400-normal.woff'],
  ['Do Hyeon', 400, 'do-hyeon/files/do-hyeon-korean-400-normal.woff'],
] as const

const fonts = await Promise.all(
  FACES.map(async ([name, weight, file]) => ({
    name,
    weight,
    style: 'normal' as const,
    data: await readFile(path.join(FOLDER, file)),
  })),
)

/** The preview of a link to a product or to a list, or a square drawing for those that read no SVG. */
export type Drawing = { readonly product: ProductCard } | { readonly list: ListCard } | { readonly svg: string }

/** Pixels of each side. Google asks for 500 at least. */
const RASTER = 1_000

function raster(svg: string): ImageResponse {
  const src = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  const size = { width: RASTER, height: RASTER }
  return new ImageResponse(createElement('img', { src, ...size, alt: '' }), size)
}

function pictureOf(drawing: Drawing): ImageResponse {
  if ('svg' in drawing) return raster(drawing.svg)
  const card = 'list' in drawing ? listCard(drawing.list) : productCard(drawing.product)
  return new ImageResponse(card, { ...CARD_SIZE, fonts })
}

/** @returns a PNG */
export async function draw(drawing: Drawing): Promise<Uint8Array> {
  return new Uint8Array(await pictureOf(drawing).arrayBuffer())
}
