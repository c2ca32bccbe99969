'use server'

import { randomUUID } from 'node:crypto'
import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { readAddress } from '#lib/orders/address.ts'
import { type Cart, isCartId } from '#lib/orders/cart.ts'
import { parseLines } from '#lib/orders/cartLines.ts'
import { orderThrottle } from '#lib/orders/orderThrottle.ts'
import { placeOrder } from '#lib/orders/placeOrder.ts'
import { orderOfCart, readOrder } from '#lib/orders/readOrder.ts'
import { clientAddress } from '#lib/platform/http/clientAddress.ts'
import { setAnswerStatus } from '#lib/platform/http/answerStatus.ts'
import { DEFAULT_LOCALE, isLocale, type Locale } from '#lib/platform/locales.ts'
import { logger } from '#lib/platform/logger.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { localized, orderPath } from '../../_i18n/paths.ts'
import { cartOfBrowser, keepCart, letSeeOrder } from '../../_store/cart/cartCookies.ts'
import { checkoutAnswers } from '../../_store/checkout/actionAnswers.ts'
import { changeTexts } from '../../_store/checkout/changeTexts.ts'
import { type CheckoutState, textOf, valuesIn } from '../../_store/checkout/checkoutForm.ts'
import { readDelivery } from '../../_store/checkout/deliveryValue.ts'
import { taxStatement } from '../../_store/checkout/taxStatement.ts'

/** Shows an order to the browser that made it. Other products of its cart stay there, in a new one. */
async function shown(number: string, cart: Cart | undefined, locale: Locale): Promise<never> {
  const ordered = new Set((await readOrder(number))?.lines.map(({ productId }) => productId))
  if (cart) await keepCart({ id: randomUUID(), lines: cart.lines.filter(({ productId }) => !ordered.has(productId)) })
  await letSeeOrder(number)
  redirect(localized(locale, orderPath(number)))
}

async function answer(form: FormData): Promise<CheckoutState> {
  const asked = textOf(form, 'locale')
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  const { Checkout: labels } = await messagesFor(locale)
  const values = valuesIn(form)
  const admission = await orderThrottle('placing').admit(clientAddress(await headers()))
  if (!admission.admitted) {
    setAnswerStatus(429, admission.retryAfterS)
    return { kind: admission.by === 'network' ? 'tooMany' : 'busy', values }
  }
  const { id, lines } = await cartOfBrowser()
  const shownCart = textOf(form, 'cart')
  if (shownCart !== id && isCartId(shownCart)) {
    const made = await orderOfCart(shownCart).catch((error: unknown) => {
      logger('orders').warn({ err: error }, 'the order of a cart was not read')
    })
    if (made !== undefined) return shown(made, undefined, locale)
  }
  const address = readAddress((field) => textOf(form, field))
  const delivery = readDelivery(textOf(form, 'delivery'))
  if (!address.ok || !delivery) return { kind: 'invalid', values, problems: address.ok ? {} : address.problems }
  const outcome = await placeOrder({
    cart: { id, lines },
    accepted: parseLines(textOf(form, 'lines')) ?? [],
    delivery,
    address: address.address,
    locale,
    taxStatement: taxStatement(address.address.country, labels, locale),
  })
  if (outcome.kind === 'placed') return shown(outcome.number, { id, lines }, locale)
  refresh()
  if (outcome.kind !== 'changed') return { kind: outcome.kind, values }
  return { kind: 'changed', values, changes: changeTexts(outcome.changes, labels, locale) }
}

/**
 * Places the order that the form shows. Next has compared the origin. The same form again, from another tab too, leads to the order
 * that was made.
 */
export async function place(_previous: CheckoutState, form: FormData): Promise<CheckoutState> {
  return checkoutAnswers.keep(await answer(form))
}
