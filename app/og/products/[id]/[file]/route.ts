import { connection } from 'next/server'
import { readPriceAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { refuse, sendPicture } from '../../../../_og/answers.ts'
import { pictureOf } from '../../../../_og/drawnPictures.tsx'

const NUMBER = /^[1-9]\d{0,8}$/
const FILE = /^([1-9]\d{0,8})\.png$/

/**
 * `GET /og/products/42/7.png`: product 42 with the price of version 7, for previews of links. What an address shows
 * never changes, so it may be kept for ever; an address that shows nothing yet may not be kept at all.
 */
export const GET = orUnavailable(async (_request: Request, { params }: RouteContext<'/og/products/[id]/[file]'>) => {
  await connection()
  const { id, file } = await params
  const version = FILE.exec(file)?.[1]
  if (!NUMBER.test(id) || version === undefined) return refuse(404, 'There is no picture at this address.')
  const lookup = await readPriceAtVersion(Number(id), Number(version))
  if (lookup.found === 'nothing') return refuse(404, 'That version of the price was never committed.')
  if (lookup.found === 'discontinued') return refuse(410, 'This product is no longer sold.')
  const { product } = lookup
  const picture = await pictureOf(product, Number(version))
  return sendPicture(picture, `product:${product.id},product:${product.id}@${product.version}`)
})
