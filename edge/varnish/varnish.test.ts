/** Our VCL on varnishd: purges that come while a page is on its way, bans, and answers that it may not keep. */
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { VarnishEdge } from '#lib/cdn/adapters/varnish.ts'
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { freePort } from '../../tools/run/ports.ts'
import { varnishProgram } from '../../tools/services/varnishProgram.ts'
import { onePageShop, PATH, PRODUCT, type OnePageShop } from '../contract/shop.ts'
import { startVarnish, type LocalVarnish } from './startVarnish.ts'

const SECRET = 'the-secret-of-the-test-of-our-vcl'
let program: string
let shop: OnePageShop
let varnish: LocalVarnish
let edge: VarnishEdge

beforeAll(async () => {
  shop = await onePageShop()
  program = await varnishProgram(AbortSignal.timeout(300_000))
  varnish = await startVarnish({
    program,
    port: await freePort(),
    origin: shop.url,
    secret: SECRET,
    pageTtlS: 600,
    trustS: 600,
  })
  edge = new VarnishEdge({ url: varnish.url, secret: SECRET })
  // A moment, and its confirmation.
  for (let i = 0; i < 2; i++) await edge.publish([], 0)
}, 300_000)
afterAll(async () => {
  await varnish?.stop()
  await shop.stop()
})
beforeEach(() => edge.purge([`price:${PRODUCT}`]))

const read = () => readPage(edge.url + PATH)
const shown = async () => (await read()).statement.versions.get(PRODUCT)
const cache = async () => (await read()).headers['x-cache']
const kept = () => expect.poll(cache, { timeout: 15_000 }).toBe('HIT edge')

it('keeps no answer that was asked for before a purge and comes after it, without a second purge', async () => {
  const render = shop.hold()
  const asked = shop.asked()
  const slow = shown()
  await expect.poll(shop.asked, { timeout: 15_000 }).toBeGreaterThan(asked)
  shop.version++
  await edge.purge([`price:${PRODUCT}`])
  render.go()
  expect(await slow).toBe(shop.version - 1)
  expect(await shown()).toBe(shop.version)
  await kept()
})

it('keeps no older version between the moment it hears of a new one and the index that has it, and the new one at once', async () => {
  await read()
  await kept()
  await edge.publish([{ kind: 'price', id: PRODUCT, version: shop.version + 1 }])
  for (let i = 0; i < 2; i++) expect(await cache()).toBe('PASS edge')
  shop.version++
  expect(await shown()).toBe(shop.version)
  await kept()
})

it('keeps a page while other products change, also one that was asked for before', async () => {
  await kept()
  const another = async () => (await readPage(`${edge.url}/en/products/cup`)).headers['x-cache']
  const render = shop.hold()
  const asked = shop.asked()
  const slow = another()
  await expect.poll(shop.asked, { timeout: 15_000 }).toBe(asked + 1)
  await edge.publish([{ kind: 'price', id: 7, version: 3 }])
  await edge.purge(['price:7', 'price:8', 'category:1'])
  render.go()
  expect(await slow).toBe('MISS edge')
  expect([await another(), await cache()]).toEqual(['HIT edge', 'HIT edge'])
})

it('drops nothing when a version is published again', async () => {
  const publish = () => edge.publish([{ kind: 'price', id: PRODUCT, version: shop.version }])
  await publish()
  await kept()
  await publish()
  expect(await cache()).toBe('HIT edge')
})

it('shows nothing that it keeps while it is not confirmed, and nothing from before when it is again', async () => {
  const own = await startVarnish({ program, port: await freePort(), origin: shop.url, secret: SECRET, trustS: 1 })
  try {
    const port = new VarnishEdge({ url: own.url, secret: SECRET })
    const said = async () => (await readPage(own.url + PATH)).headers['x-cache']
    const call = async (moment: string) => {
      const headers = { 'x-purge-secret': SECRET, 'x-confirmed': moment }
      const answer = await fetch(own.url, { method: 'PURGE', headers })
      return (await answer.text()).split(' at ')[1]?.trim() ?? ''
    }
    for (let i = 0; i < 2; i++) expect(await said()).toBe('PASS edge')
    const early = await call('0')
    const kept = () =>
      expect
        .poll(
          async () => {
            await port.publish([], 0)
            return said()
          },
          { timeout: 15_000 },
        )
        .toBe('HIT edge')
    await kept()
    await expect.poll(said, { timeout: 15_000 }).toBe('PASS edge')
    // One that was held up says nothing of this moment.
    await call(early)
    expect(await said()).toBe('PASS edge')
    shop.version++
    await call(await call('0'))
    expect((await readPage(own.url + PATH)).statement.versions.get(PRODUCT)).toBe(shop.version)
    await kept()
  } finally {
    await own.stop()
  }
})

it('keeps nothing older than the newest of two versions, in either order', async () => {
  const price = (version: number) => [{ kind: 'price' as const, id: PRODUCT, version }]
  await edge.publish(price(shop.version + 2))
  await edge.publish(price(shop.version + 1))
  shop.version++
  for (let i = 0; i < 2; i++) expect(await cache()).toBe('PASS edge')
  shop.version++
  await kept()
})

it('keeps no older version that was asked for before an edit of more prices than it remembers', async () => {
  const render = shop.hold()
  await edge.purge([`price:${PRODUCT}`])
  const asked = shop.asked()
  const slow = shown()
  await expect.poll(shop.asked, { timeout: 15_000 }).toBeGreaterThan(asked)
  shop.version++
  const others = Array.from({ length: 400_000 }, (_, i) => ({ kind: 'price' as const, id: 1_000 + i, version: 9 }))
  await edge.publish([{ kind: 'price', id: PRODUCT, version: shop.version }, ...others])
  render.go()
  expect(await slow).toBe(shop.version - 1)
  expect(await shown()).toBe(shop.version)
  await kept()
})

it('a page that may not be kept is asked for side by side', async () => {
  const render = shop.hold()
  const asked = shop.asked()
  shop.status = 410
  const visits = Array.from({ length: 6 }, () => fetch(varnish.url + PATH))
  await expect.poll(shop.asked, { timeout: 15_000 }).toBe(asked + 1)
  render.go()
  const again = shop.hold()
  await Promise.any(visits)
  // None of the others waits for one more answer before it asks.
  await expect.poll(shop.asked, { timeout: 15_000 }).toBe(asked + 6)
  again.go()
  for (const visit of await Promise.all(visits)) expect(visit.status).toBe(410)
  shop.status = 200
  await read()
  await kept()
})

it('waits for the second instance for as long as a render may take, where the first is slow, too', async () => {
  const other = await onePageShop()
  const origin = `${shop.url},${other.url}`
  const both = await startVarnish({ program, port: await freePort(), origin, secret: SECRET })
  try {
    const renders = [shop.hold(), other.hold()]
    const asked = () => shop.asked() + other.asked()
    const before = asked()
    const page = fetch(both.url + PATH)
    await expect.poll(asked, { timeout: 15_000 }).toBe(before + 1)
    const first = performance.now()
    await expect.poll(asked, { timeout: 15_000 }).toBe(before + 2)
    const second = performance.now()
    // Longer than it has waited for the first.
    const isLonger = () => performance.now() - second > 1.3 * (second - first)
    await expect.poll(isLonger, { timeout: 15_000 }).toBe(true)
    for (const render of renders) render.go()
    expect((await page).status).toBe(200)
  } finally {
    await both.stop()
    await other.stop()
  }
})

it('asks the third instance where the first is slow and the second is frozen', async () => {
  const three = [shop, await onePageShop(), await onePageShop()]
  const origin = three.map(({ url }) => url).join()
  const all = await startVarnish({ program, port: await freePort(), origin, secret: SECRET })
  try {
    const before = three.map((one) => one.asked())
    const renders = three.map((one) => one.hold())
    const asked = () => three.filter((one, i) => one.asked() > (before[i] ?? 0)).length
    const page = fetch(all.url + PATH)
    await expect.poll(asked, { timeout: 15_000 }).toBe(3)
    for (const render of renders) render.go()
    expect((await page).status).toBe(200)
  } finally {
    await all.stop()
    for (const one of three.slice(1)) await one.stop()
  }
})

it('asks an instance also while all of them are too busy to answer their probes in time', async () => {
  const busy = await onePageShop()
  busy.answersProbes = false
  const alone = await startVarnish({ program, port: await freePort(), origin: busy.url, secret: SECRET })
  try {
    await expect.poll(busy.probed, { timeout: 20_000 }).toBeGreaterThan(3) // three of them have had their time
    expect((await fetch(alone.url + PATH)).status).toBe(200)
  } finally {
    await alone.stop()
    await busy.stop()
  }
})

it('takes an answer whose head is nearly as large as it may be', async () => {
  const origin = createServer((request, response) => {
    if (request.url !== '/api/health') for (let i = 0; i < 9; i++) response.setHeader(`x-${i}`, 'x'.repeat(10_000))
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const address = origin.address()
  if (address === null || typeof address === 'string') throw new Error('the origin has no port')
  const url = `http://127.0.0.1:${address.port}`
  const large = await startVarnish({ program, port: await freePort(), origin: url, secret: SECRET })
  try {
    const status = new Promise<number | undefined>((resolve, reject) => {
      const answered = (answer: IncomingMessage) => resolve(answer.resume().statusCode)
      get(`${large.url}/en/search`, { maxHeaderSize: 200_000 }, answered).on('error', reject)
    })
    expect(await status).toBe(200)
  } finally {
    await large.stop()
    origin.close()
  }
})

it('a ban takes what no key names, from who knows the secret, as a pattern only, and not without end', async () => {
  const ban = (pattern: string, secret = SECRET) =>
    fetch(varnish.url, { method: 'BAN', headers: { 'x-purge-secret': secret, 'x-ban-url': pattern } })
  expect((await ban('^/en/', 'wrong')).status).toBe(403)
  for (const pattern of ['', 'x && obj.status == 200', '" || "', 'a b', 'x'.repeat(201)])
    expect([pattern, (await ban(pattern)).status]).toEqual([pattern, 400])
  await read()
  await kept()
  expect((await ban('^/de/')).status).toBe(200)
  expect(await cache()).toBe('HIT edge')
  expect((await ban('^/en/products/')).status).toBe(200)
  expect(await cache()).not.toBe('HIT edge')
  const more = await Promise.all(Array.from({ length: 20 }, () => ban('^/xx/')))
  expect(more.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(8)
  const refused = more.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toBe('60')
  // Purges by key have no such limit.
  await edge.purge(Array.from({ length: 1_000 }, (_, i) => `price:${i + 100}`))
})

it('gives the headers of the policy to what it answers by itself', async () => {
  const { status, headers } = await fetch(`${edge.url}/api/metrics`)
  expect(status).toBe(404)
  const given = Object.entries(securityHeaders('/', varnish.url)).map(([name]) => [name, headers.get(name)])
  expect(Object.fromEntries(given)).toEqual(securityHeaders('/', varnish.url))
})
