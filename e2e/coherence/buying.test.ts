import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { Shopper } from '../support/shopper.ts'
import { accept, type Acknowledged } from './buying.ts'
import { Checker } from './checker.ts'

const CART = '9f1c2a44-0000-4000-8000-000000000001'
const FORM = `<form><input type="hidden" name="$ACTION_ID_1"/><input type="hidden" name="cart" value="${CART}"/></form>
<tr data-line-product="7" data-line-version="3" data-line-amount="1290" data-line-quantity="2"></tr>`

/** @param answer to each question @returns the address, and what ends it */
async function shop(answer: RequestListener): Promise<{ url: string; close: () => unknown }> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() }
}

test('an order is noted as soon as its shopper is led to it, and its page is read, though the form beside it breaks', async () => {
  let forms = 0
  const { url, close } = await shop((request, response) => {
    if (request.method === 'GET') return void response.writeHead(200).end(FORM)
    request.resume()
    forms += 1
    if (forms === 1) response.writeHead(303, { location: '/en/orders/261129-AAAA-AAAA' }).end()
    else request.socket.destroy()
  })
  const shopper = new Shopper('shopper', [url])
  const checker = new Checker()
  const noted: Acknowledged[] = []
  try {
    const page = await shopper.get('/en/checkout')
    await expect(accept(checker, shopper, page, 2, (order) => noted.push(order))).rejects.toThrow('fetch failed')
    expect(noted).toEqual([
      {
        number: '261129-AAAA-AAAA',
        cart: CART,
        accepted: [{ productId: 7, version: 3, amountCents: 1_290, quantity: 2 }],
      },
    ])
    expect(checker.finish([]).orders).toBe(1)
  } finally {
    close()
  }
})

test('an order whose page does not come is judged by what its shopper accepted', async () => {
  const { url, close } = await shop((request, response) => {
    request.resume()
    if (request.method === 'POST') response.writeHead(303, { location: '/en/orders/261129-AAAA-AAAA' }).end()
    else if (request.url === '/en/checkout') response.writeHead(200).end(FORM)
    else response.writeHead(503).end()
  })
  const shopper = new Shopper('shopper', [url])
  const checker = new Checker()
  try {
    const page = await shopper.get('/en/checkout')
    checker.live({ productId: 7, version: 4, at: performance.now() })
    await accept(checker, shopper, page, 1)
    expect(checker.violations.map(({ invariant, read }) => [invariant, read.url])).toEqual([
      ['stale', ' (order 261129-AAAA-AAAA)'],
    ])
  } finally {
    close()
  }
})
