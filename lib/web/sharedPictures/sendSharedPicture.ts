/**
 * `GET /og/products/42/7.de.png`: product 42 with the price of version 7, `GET /og/lists/chairs/7.de.png`: a category as version 7 has
 * it, or the home page; both for previews of links, in the language that the name says (none: English).
 * `GET /images/products/….png`: the drawing of that name for those that read no SVG. The contents of an address never change, so it may be
 * kept for ever; an address that shows nothing yet may not be kept at all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { artByFile, ART_FOLDER } from '#lib/catalog/art/index.ts'
import { DEFAULT_LOCALE, isLocale, type Locale } from '#lib/platform/locales.ts'
import { type CheckedStores, readiness } from '#lib/platform/process/health.ts'
import type { VisitorLimits } from '../limits/visitorLimits.ts'
import type { Drawing } from './drawing.ts'
import type { DrawnPictures } from './drawnPictures.ts'
import { listPreview, productPreview } from './previews.ts'

/** The words of pictures in one language, beside names and amounts. */
export interface PreviewTexts {
  /** The title of the home page. */
  readonly home: string
  /** @param date as people of the language write it */
  readonly priceOf: (date: string) => string
  /** @param percent as people of the language write it */
  readonly save: (percent: string) => string
}

/** The contents of an address; `status` where that is no picture. */
export type Preview =
  | { readonly drawing: Drawing; readonly tags: string }
  | { readonly status: 404 | 410; readonly text: string }
  | { readonly status: 307; readonly location: string }

const FOLDER = '/og/'
const RASTER = /\.png(?:\?|$)/
const ADDRESS = /^\/og\/(products|lists)\/([^/?]{1,200})\/([1-9]\d{0,8})(?:\.([a-z]{2}))?\.png(?:\?|$)/

const NOTHING = 'There is no picture at this address.'
const BUSY = 'Too many pictures are being drawn. Please try again in a moment.'
const UNSURE = 'The shop cannot confirm this right now. Please try again in a moment.'

function refuse(response: ServerResponse, status: 404 | 405 | 410 | 503, text: string): void {
  response
    .writeHead(status, {
      'Cache-Control': 'no-store',
      'Content-Type': 'text/plain; charset=utf-8',
      ...(status === 503 && { 'Retry-After': '1' }),
      ...(status === 405 && { Allow: 'GET, HEAD' }),
    })
    .end(`${text}\n`)
}

/** @returns undefined while Postgres is away */
async function lookUp(look: () => Promise<Preview>, stores: CheckedStores): Promise<Preview | undefined> {
  try {
    return await look()
  } catch (error) {
    const { checks } = await readiness(stores)
    if (checks['postgres'] === 'ok') throw error
    return undefined
  }
}

interface Drawer {
  readonly pictures: DrawnPictures
  readonly limits: VisitorLimits
  readonly stores: CheckedStores
  readonly texts: ReadonlyMap<Locale, PreviewTexts>
}

function send(request: IncomingMessage, response: ServerResponse, picture: Uint8Array | undefined, tags = ''): void {
  if (!picture) return refuse(response, 503, BUSY)
  response
    .writeHead(200, {
      'Content-Type': 'image/png',
      'Content-Length': picture.byteLength,
      'Cache-Control': 'public, max-age=31536000, immutable',
      ...(tags && { 'Cache-Tag': tags }),
    })
    .end(request.method === 'HEAD' ? undefined : picture)
}

/** @returns undefined for an address that is none */
function previewAt(url: string, texts: Drawer['texts']): (() => Promise<Preview>) | undefined {
  const [, kind, name = '', version, locale = DEFAULT_LOCALE] = ADDRESS.exec(url) ?? []
  const words = isLocale(locale) && texts.get(locale)
  // English has no code in its name: each picture has one address.
  if (version === undefined || !words || url.includes(`.${DEFAULT_LOCALE}.png`)) return undefined
  if (kind === 'lists') return () => listPreview(name, Number(version), locale, words)
  return /^[1-9]\d{0,8}$/.test(name) ? () => productPreview(Number(name), Number(version), locale, words) : undefined
}

/** @returns whether the request was for such a picture, and so is answered */
export async function sendSharedPicture(
  request: IncomingMessage,
  response: ServerResponse,
  { pictures, limits, stores, texts }: Drawer,
): Promise<boolean> {
  const { method, url = '' } = request
  const isRaster = url.startsWith(ART_FOLDER) && RASTER.test(url)
  if (!isRaster && !url.startsWith(FOLDER)) return false
  if (await limits.refuse(request, response)) return true
  if (method !== 'GET' && method !== 'HEAD') {
    refuse(response, 405, 'A picture is only read.')
    return true
  }
  if (isRaster) {
    const [file = ''] = url.slice(ART_FOLDER.length).split(RASTER)
    const svg = artByFile(`${file}.svg`)
    if (svg === undefined) refuse(response, 404, NOTHING)
    else send(request, response, await pictures.of({ svg }))
    return true
  }
  const look = previewAt(url, texts)
  if (!look) {
    refuse(response, 404, NOTHING)
    return true
  }
  const preview = await lookUp(look, stores)
  if (!preview) refuse(response, 503, UNSURE)
  else if ('drawing' in preview) send(request, response, await pictures.of(preview.drawing), preview.tags)
  else if (preview.status === 307)
    response.writeHead(307, { Location: preview.location, 'Cache-Control': 'no-store' }).end()
  else refuse(response, preview.status, preview.text)
  return true
}
