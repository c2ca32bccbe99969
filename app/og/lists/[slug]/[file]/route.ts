import { connection } from 'next/server'
import { FEATURED, HERO_PICTURES } from '#lib/catalog/featured.ts'
import { nameIn } from '#lib/catalog/categories.ts'
import { readProductList } from '#lib/catalog/queries.ts'
import { isLocale } from '#lib/platform/locales.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { messagesFor } from '../../../../_i18n/messages.ts'
import { listPreviewPath } from '../../../../_i18n/paths.ts'
import { listPicture } from '../../../../_og/drawnPictures.tsx'
import { refuse, sendPicture } from '../../../../_og/answers.ts'

const FILE = /^([1-9]\d{0,14})\.([a-z]{2})\.png$/

/**
 * `GET /og/lists/chairs/7.de.png`: the category in German as version 7 has it, for previews of links; of the collection
 * `featured`, the home page. An address of another version leads to the current one.
 */
export const GET = orUnavailable(async (_request: Request, { params }: RouteContext<'/og/lists/[slug]/[file]'>) => {
  await connection()
  const { slug, file } = await params
  const [, version, locale = ''] = FILE.exec(file) ?? []
  if (!isLocale(locale)) return refuse(404, 'There is no picture at this address.')
  const isHome = slug === FEATURED
  const list = await readProductList(slug, isHome ? 'collection' : 'category', 1, HERO_PICTURES)
  if (!list) return refuse(404, 'There is no such category.')
  const { category, products } = list
  if (Number(version) !== category.version) {
    const headers = { Location: listPreviewPath(category, locale), 'Cache-Control': 'no-store' }
    return new Response(null, { status: 307, headers })
  }
  const { Home } = await messagesFor(locale)
  const picture = await listPicture({
    title: isHome ? Home.heroTitle : nameIn(category.names, locale),
    pictures: products.map(({ image }) => image),
  })
  return sendPicture(picture, `category:${category.id},category:${category.id}@${category.version}`)
})
