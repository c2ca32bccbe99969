import { foreignOrigin } from '#lib/auth/trustedOrigins.ts'
import type { Cart } from '#lib/orders/cart.ts'
import { addLine, quantityAsked, setQuantity } from '#lib/orders/cartChanges.ts'
import { type CartLine, parseLines } from '#lib/orders/cartLines.ts'
import { readOffers } from '#lib/orders/offers.ts'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { orUnavailable } from '#lib/web/orUnavailable.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { cartOfBrowser, keepCart } from '../../_store/cart/cartCookies.ts'
import { cartRows } from '../../_store/cart/cartPreview.ts'
import type { CartPreview } from '../../_store/cart/cartRows.ts'
import { UnreadableBodyError } from '../admin/_api/http/errors.ts'
import { readBytes } from '../admin/_api/http/readBody.ts'

const HEADERS = { 'Cache-Control': 'private, no-store' }
/** The longest is a whole cart. */
const MOST_BYTES = 4_096

const refused = (status: number, error: string, field?: string) =>
  Response.json({ error, ...(field !== undefined && { field }) }, { status, headers: HEADERS })

/** A field that is a number, as forms write one. */
function count(form: URLSearchParams, name: string, most: number): number | undefined {
  const text = form.get(name) ?? ''
  return /^\d{1,16}$/.test(text) && Number(text) <= most ? Number(text) : undefined
}

/** @returns undefined for a form that is none of the shop's */
function changed(lines: readonly CartLine[], form: URLSearchParams): readonly CartLine[] | undefined {
  const what = form.get('do')
  if (what === 'adopt') {
    const adopted = parseLines(form.get('lines') ?? '')
    const isThere = (line: CartLine) => lines.some(({ productId }) => productId === line.productId)
    return adopted?.filter((line) => !isThere(line)).reduce(addLine, [...lines])
  }
  const productId = count(form, 'product', 2_147_483_647)
  if (!productId) return undefined
  if (what === 'add') {
    const version = count(form, 'version', Number.MAX_SAFE_INTEGER) ?? 0
    return addLine(lines, { productId, quantity: 1, version })
  }
  const quantity = quantityAsked(form)
  return what === 'set' && quantity !== undefined ? setQuantity(lines, productId, quantity) : undefined
}

/**
 * `POST /api/cart`: a change of the cart of the browser, as a form. Programs of ours ask for JSON; a form without JavaScript is led to
 * the cart. A cart that was damaged becomes a new one.
 */
export async function POST(request: Request): Promise<Response> {
  const foreign = foreignOrigin(request.headers)
  if (foreign !== undefined) return refused(403, `Requests from ${foreign} are refused.`)
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? ''))
    return refused(415, 'Send a form as application/x-www-form-urlencoded.')
  let form: URLSearchParams
  try {
    form = new URLSearchParams(Buffer.from(await readBytes(request, MOST_BYTES)).toString())
  } catch (error) {
    if (error instanceof UnreadableBodyError) return refused(error.status, error.message)
    throw error
  }
  const { id, lines } = await cartOfBrowser()
  const now = changed(lines, form)
  if (!now) return refused(400, 'Say what to do: add, set or adopt, with a product.', 'do')
  const cart: Cart = { id, lines: now }
  await keepCart(cart)
  if (request.headers.get('accept')?.includes('application/json'))
    return Response.json({ lines: now }, { headers: HEADERS })
  const locale = form.get('locale') ?? ''
  return new Response(null, {
    status: 303,
    headers: { ...HEADERS, Location: `/${isLocale(locale) ? locale : DEFAULT_LOCALE}/cart` },
  })
}

/** `GET /api/cart?locale=en`: the cart of the browser at the prices of this moment, as its panel shows it. */
export const GET = orUnavailable(async (request: Request): Promise<Response> => {
  const asked = new URL(request.url).searchParams.get('locale') ?? ''
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  const [{ Shop }, { lines, damaged }] = await Promise.all([messagesFor(locale), cartOfBrowser()])
  const preview: CartPreview = {
    ...cartRows(await readOffers(lines), locale),
    isDamaged: damaged,
    close: Shop.close,
  }
  return Response.json(preview, { headers: HEADERS })
})
