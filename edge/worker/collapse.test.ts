/** Many visitors that want the same at once, on workerd. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { page, workerFixture, type WorkerFixture } from './testing/scriptedShop.ts'

const VISITORS = 24
const PATIENCE = { timeout: 15_000 }
let fixture: WorkerFixture
let slug = 0
let path = ''

beforeAll(async () => {
  fixture = await workerFixture()
}, 60_000)
afterAll(() => fixture.stop())
beforeEach(() => {
  fixture.questions.length = 0
  path = `/en/products/mug-${++slug}`
})

/** All visitors have come before the first question is answered. */
async function together(answer: WorkerFixture['script'], at = path): ReturnType<typeof visits> {
  let open = () => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  fixture.script = async (request, question) => {
    await gate
    return answer(request, question)
  }
  await visits('/__edge/') // their connections stand
  const all = visits(at)
  await expect.poll(() => fixture.questions.length, PATIENCE).toBeGreaterThan(0)
  // Answered after the visitors' requests have come: workerd takes them in turn.
  for (let i = 0; i < 10; i++) await fixture.get('/__edge/')
  open()
  return all
}
const visits = (at: string) => Promise.all(Array.from({ length: VISITORS }, () => fixture.get(at)))

it('are one question to the shop, for a page and for a picture', async () => {
  const pages = await together(() => page('price:1@3'))
  expect(new Set(pages.map(({ body }) => body))).toEqual(new Set(['<html>price:1@3</html>']))
  expect(fixture.questions).toHaveLength(1)
  fixture.questions.length = 0
  const pictures = await together(
    () => ({
      headers: {
        'content-type': 'image/png',
        'cache-control': 'public, max-age=31536000, immutable',
        'cache-tag': 'product:1@1',
      },
      body: 'png',
    }),
    '/og/products/1/3.png',
  )
  expect(pictures.every(({ body }) => body === 'png')).toBe(true)
  expect(fixture.questions).toHaveLength(1)
})

it('fails a failed request for its own visitor; one of the others asks again, and not each', async () => {
  const pages = await together((_request, question) => (question === 1 ? undefined : page('price:2@1')))
  expect(pages.map(({ status }) => status).filter((status) => status !== 200)).toEqual([503])
  expect(fixture.questions).toHaveLength(2)
})

it('asks a shop that is away a few times, for all visitors that wait', async () => {
  const pages = await together(() => undefined)
  expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([503]))
  expect(fixture.questions.length).toBeLessThanOrEqual(4)
})

it.each([410, 500])('gives an answer of %i to all visitors that wait, and to none afterwards', async (status) => {
  const pages = await together(() => ({ ...page('product:4@9'), status }))
  expect(new Set(pages.map((one) => one.status))).toEqual(new Set([status]))
  expect(fixture.questions.length).toBeLessThan(VISITORS / 4)
  fixture.script = () => page('product:4@9')
  expect((await fixture.get(path)).status).toBe(200)
})

it('gives an answer that sets a cookie to its own visitor, and asks anew for each other', async () => {
  const pages = await together((_request, question) => ({
    ...page('price:5@1'),
    headers: { ...page('price:5@1').headers, 'set-cookie': `visitor=${question}` },
  }))
  expect(new Set(pages.map(({ headers }) => headers.get('set-cookie'))).size).toBe(VISITORS)
})

it('a shared answer that is older than the index was when its visitor came is not given to that visitor', async () => {
  let go = () => {}
  const slow = new Promise<void>((resolve) => (go = resolve))
  fixture.script = async (_request, question) => {
    if (question > 1) return page('price:6@2')
    await slow
    return page('price:6@1')
  }
  await fixture.edge.publish([{ kind: 'price', id: 6, version: 1 }])
  const first = fixture.get(path)
  await expect.poll(() => fixture.questions.length, PATIENCE).toBe(1)
  await fixture.edge.publish([{ kind: 'price', id: 6, version: 2 }])
  const second = fixture.get(path)
  for (let i = 0; i < 10; i++) await fixture.get('/__edge/')
  go()
  expect((await second).body).toContain('price:6@2')
  await first
  expect((await fixture.get(path)).body).toContain('price:6@2')
})
