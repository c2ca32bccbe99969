'use server'

import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { orderThrottle } from '#lib/orders/orderThrottle.ts'
import { isOrderOf } from '#lib/orders/readOrder.ts'
import { clientAddress } from '#lib/platform/http/clientAddress.ts'
import { setAnswerStatus } from '#lib/platform/http/answerStatus.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { localized, orderPath } from '../../_i18n/paths.ts'
import { letSeeOrder } from '../../_store/cart/cartCookies.ts'
import { findAnswers } from '../../_store/checkout/actionAnswers.ts'
import { textOf } from '../../_store/checkout/checkoutForm.ts'
import type { FindState } from '../../_store/checkout/FindOrder.tsx'

async function answer(form: FormData): Promise<FindState> {
  const [number, email, asked] = ['number', 'email', 'locale'].map((name) => textOf(form, name).trim().slice(0, 254))
  const typed = { number: number ?? '', email: email ?? '' }
  const admission = await orderThrottle('lookup').admit(clientAddress(await headers()))
  if (!admission.admitted) {
    setAnswerStatus(429, admission.retryAfterS)
    return { ...typed, problem: 'tooMany' }
  }
  const known = readOrderNumber(typed.number)
  if (known === undefined || unstorableText(typed.email) || !(await isOrderOf(known, typed.email)))
    return { ...typed, problem: 'notFound' }
  await letSeeOrder(known)
  redirect(localized(isLocale(asked) ? asked : DEFAULT_LOCALE, orderPath(known)))
}

/** Lets a browser see the order whose number and e-mail it knows. Next has compared the origin. */
export async function findOrder(_previous: FindState, form: FormData): Promise<FindState> {
  return findAnswers.keep(await answer(form))
}
