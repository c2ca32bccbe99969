/**
 * A shopper without a browser: what forms without JavaScript send, and what the pages that come back say, read from their bytes. Pages
 * are asked of each instance in turn.
 */
import { decodeHTML } from 'entities'
import type { Line } from '../coherence/history.ts'

const TIMEOUT_MS = 30_000

export interface Answer {
  readonly status: number
  readonly url: string
  readonly instance: string
  readonly start: number
  readonly end: number
  readonly body: string
  readonly location: string | null
  readonly retryAfter: string | null
}

/** The lines of an order, or of the form of one. */
export function linesIn(body: string): Line[] {
  const LINE =
    /data-line-product="(\d+)" data-line-version="(\d+)" data-line-amount="(\d+)" data-line-quantity="(\d+)"/g
  return [...body.matchAll(LINE)].map(([, productId, version, amountCents, quantity]) => ({
    productId: Number(productId),
    version: Number(version),
    amountCents: Number(amountCents),
    quantity: Number(quantity),
  }))
}

/** The hidden fields of the form that has an action of the server. */
export function fieldsIn(body: string): [string, string][] {
  const at = body.indexOf('name="$ACTION_')
  const form = at < 0 ? '' : body.slice(body.lastIndexOf('<form', at), body.indexOf('</form>', at))
  return [...form.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g)].map(([, name, value]) => [
    decodeHTML(name ?? ''),
    decodeHTML(value ?? ''),
  ])
}

const ADDRESS = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  street: '12 St James’s Square',
  postcode: '10115',
  city: 'Berlin',
  country: 'DE',
}

export class Shopper {
  readonly name: string
  readonly #instances: readonly string[]
  readonly #cookies = new Map<string, string>()
  #turn: number

  constructor(name: string, instances: readonly string[], turn = 0) {
    this.name = name
    this.#instances = instances
    this.#turn = turn
  }

  /** A form of one product, as its page sends it. */
  add(productId: number, version: number): Promise<Answer> {
    return this.#send('/api/cart', {
      method: 'POST',
      body: new URLSearchParams({ do: 'add', product: String(productId), version: String(version) }),
    })
  }

  get(path: string): Promise<Answer> {
    return this.#send(path, {})
  }

  /** Sends the form that is on a page of the checkout. @param delivery as the page has it: `standard:490` */
  order(page: Answer, delivery: string): Promise<Answer> {
    const form = new FormData()
    for (const [name, value] of [...fieldsIn(page.body), ...Object.entries(ADDRESS), ['delivery', delivery] as const])
      form.append(name, value)
    return this.#send('/en/checkout', { method: 'POST', body: form })
  }

  /** Sends the form that asks for an order. */
  find(page: Answer, number: string, email: string): Promise<Answer> {
    const form = new FormData()
    for (const [name, value] of [...fieldsIn(page.body), ['number', number] as const, ['email', email] as const])
      form.append(name, value)
    return this.#send('/en/orders', { method: 'POST', body: form })
  }

  async #send(path: string, init: RequestInit): Promise<Answer> {
    const instance = this.#instances[this.#turn++ % this.#instances.length] ?? ''
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const start = performance.now()
    const response = await fetch(instance + path, {
      ...init,
      redirect: 'manual',
      headers: { cookie, ...(init.method === 'POST' && { origin: new URL(instance).origin }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const body = await response.text()
    const end = performance.now()
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name = '', value = ''] = pair.split('=', 2)
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const { status, headers } = response
    const [location, retryAfter] = [headers.get('location'), headers.get('retry-after')]
    return { status, url: path, instance, start, end, body, location, retryAfter }
  }
}
