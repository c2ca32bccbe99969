import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { Shopper } from '../support/shopper.ts'
import { accept, type Acknowledged } from './buying.ts'
import { Checker } from './checker.ts'

const CART = '9f1c2a44-0000-4000-8000-000000000001'
const FORM = `<form><input type="hidden" name="$ACTION_ID_1"/><input type="hidden" name="cart" value="${CART}"/></form>
<tr data-line-product="7" data-line-version="3" data-line-amount="1290" data-line-quantity="2"></tr>`

test('an order is noted as soon as its shopper is led to it, and its page is read, though the form beside it breaks', async () => {
  let forms = 0
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.writeHead(200).end(FORM)
    request.resume()
    forms += 1
    if (forms === 1) response.writeHead(303, { location: '/en/orders/261129-AAAA-AAAA' }).end()
    else request.socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const shopper = new Shopper('shopper', [`http://127.0.0.1:${address.port}`])
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
    server.close()
  }
})
