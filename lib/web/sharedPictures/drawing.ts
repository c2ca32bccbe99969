/** The thread that draws: satori and resvg keep a processor busy for 0.2 s, in which a web process would answer no request. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { createElement } from 'react'
// Next's own door to it keeps what it draws, which is done here already.
import { ImageResponse } from 'next/dist/compiled/@vercel/og/index.node.js'
import type { ProductAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { CARD_SIZE, productCard } from './productCard.ts'

/** The display face: the renderer reads WOFF, not the WOFF2 and not the variable font of the pages. */
const FOLDER = path.join(import.meta.dirname, '../../../node_modules/@fontsource/bricolage-grotesque/files')
const WEIGHTS = [400, 600, 800] as const

const fonts = await Promise.all(
  WEIGHTS.map(async (weight) => ({
    name: 'Bricolage Grotesque',
    weight,
    style: 'normal' as const,
    data: await readFile(path.join(FOLDER, `bricolage-grotesque-latin-${weight}-normal.woff`)),
  })),
)

/** A product with its price, or a square drawing for those that read no SVG. */
export type Drawing = { readonly product: ProductAtVersion } | { readonly svg: string }

/** Pixels of each side. Google asks for 500 at least. */
const RASTER = 1_000

function raster(svg: string): ImageResponse {
  const src = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  const size = { width: RASTER, height: RASTER }
  return new ImageResponse(createElement('img', { src, ...size, alt: '' }), size)
}

/** @returns a PNG */
export async function draw(drawing: Drawing): Promise<Uint8Array> {
  const picture =
    'svg' in drawing ? raster(drawing.svg) : new ImageResponse(productCard(drawing.product), { ...CARD_SIZE, fonts })
  return new Uint8Array(await picture.arrayBuffer())
}
