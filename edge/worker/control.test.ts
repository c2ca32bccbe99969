/** The control endpoint on workerd: what it refuses, and what it makes of calls that come late, twice or after a long silence. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sign, SIGNATURE_HEADER } from '#lib/cdn/signature.ts'
import { LocalEdge } from '#lib/cdn/adapters/local.ts'
import { page, SECRET, workerFixture, type WorkerFixture } from './testing/scriptedShop.ts'

const PATH = '/en/products/mug'
let fixture: WorkerFixture

beforeEach(async () => {
  fixture = await workerFixture()
}, 60_000)
afterEach(() => fixture.stop())

async function post(path: string, body: string, sentAt = Date.now()): Promise<Response> {
  return fetch(fixture.url + path, {
    method: 'POST',
    body,
    headers: { [SIGNATURE_HEADER]: await sign({ method: 'POST', path, body }, SECRET, sentAt) },
  })
}

it('takes no version that is not a whole number from 1, no tag that is none, and no age below zero', async () => {
  for (const version of ['0', '-1', '1.5', '"7"', 'null', '1e999', '-1e999', '9007199254740993', '[8]']) {
    expect([version, (await post('/__edge/publish', `{"versions":[["price:1",${version}]]}`)).status]).toEqual([
      version,
      400,
    ])
  }
  for (const tag of [
    'state',
    'purged',
    'price:0',
    'price:-1',
    'address:/products/mug',
    'price:1 ',
    'price:1@2',
    '__proto__',
  ]) {
    expect([tag, (await post('/__edge/publish', JSON.stringify({ versions: [[tag, 1]] }))).status]).toEqual([tag, 400])
    expect([tag, (await post('/__edge/purge', JSON.stringify({ tags: [tag] }))).status]).toEqual([tag, 400])
  }
  for (const age of ['-1', '-1e999', '"0"', 'null'])
    expect([age, (await post('/__edge/publish', `{"versions":[],"confirm":{"ageMs":${age}}}`)).status]).toEqual([
      age,
      400,
    ])
  for (const body of [
    '',
    'null',
    '[]',
    '{}',
    '{"versions":{}}',
    '{"versions":[["price:1"]]}',
    '{"versions":[{"0":"price:1","1":2}]}',
    '{"tags":"price:1"}',
  ]) {
    expect([body, (await post('/__edge/publish', body)).status]).toEqual([body, 400])
  }
  expect((await post('/__edge/purge', '{"tags":"all"}')).status).toBe(400)
  expect(
    (
      await post(
        '/__edge/publish',
        JSON.stringify({ versions: Array.from({ length: 101 }, (_, i) => [`price:${i + 1}`, 1]) }),
      )
    ).status,
  ).toBe(400)
})

it('reads no body that is too large, or that does not say how large it is', async () => {
  expect((await post('/__edge/purge', ' '.repeat(300_000))).status).toBe(413)
  const endless = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"tags":[')),
  })
  const unannounced = { method: 'POST', body: endless, duplex: 'half' }
  const answer = await fetch(`${fixture.url}/__edge/purge`, unannounced)
  expect(answer.status).toBe(413)
})

it('takes the higher of two versions of one tag in a call, in either order', async () => {
  const known = async (versions: [string, number][]) => {
    const answer: { versions: [string, number][] } = JSON.parse(
      await (await post('/__edge/publish', JSON.stringify({ versions }))).text(),
    )
    return answer.versions
  }
  expect(
    await known([
      ['price:1', 9],
      ['price:1', 3],
    ]),
  ).toEqual([['price:1', 9]])
  expect(await known([['price:1', 4]])).toEqual([['price:1', 9]])
  await fixture.edge.publish([
    { kind: 'price', id: 2, version: 9 },
    { kind: 'price', id: 2, version: 3 },
  ])
  expect(await known([['price:2', 1]])).toEqual([['price:2', 9]])
})

it('a signed call that is sent a second time is refused, also the one that would make the index trusted for longer', async () => {
  const path = '/__edge/publish'
  const body = '{"versions":[],"confirm":{"ageMs":0}}'
  const headers = { [SIGNATURE_HEADER]: await sign({ method: 'POST', path, body }, SECRET) }
  expect((await fetch(fixture.url + path, { method: 'POST', body, headers })).status).toBe(200)
  expect((await fetch(fixture.url + path, { method: 'POST', body, headers })).status).toBe(403)
  // Under another path the signature is of something else.
  expect(
    (
      await fetch(`${fixture.url}/__edge/purge`, {
        method: 'POST',
        body,
        headers: { [SIGNATURE_HEADER]: await sign({ method: 'POST', path, body }, SECRET) },
      })
    ).status,
  ).toBe(403)
})

it('a confirmation that was held up on its way confirms what was true when it was sent', async () => {
  await fixture.stop()
  fixture = await workerFixture({ trustMs: 15_000 })
  fixture.script = () => page('price:1@1')
  await fixture.get(PATH)
  await expect.poll(async () => (await fixture.get(PATH)).cache, { timeout: 15_000 }).toBe('HIT edge')
  // Nothing but calls of 20 s ago from here on: what they confirm is not enough for 15 s.
  await fixture.stop()
  fixture = await workerFixture({ trustMs: 15_000, confirmed: false })
  fixture.script = () => page('price:1@1')
  for (let i = 0; i < 3; i++)
    expect((await post('/__edge/publish', '{"versions":[],"confirm":{"ageMs":0}}', Date.now() - 20_000)).status).toBe(
      200,
    )
  expect((await fixture.get(PATH)).cache).toContain('not confirmed')
})

it('shows nothing that was kept before the index went without confirmation: a change since then may be missing in it', async () => {
  await fixture.stop()
  fixture = await workerFixture({ trustMs: 1_000 })
  fixture.script = () => page('price:1@1')
  await expect
    .poll(
      async () => {
        await fixture.edge.publish([], 0)
        return (await fixture.get(PATH)).cache
      },
      { timeout: 15_000 },
    )
    .toBe('HIT edge')
  await expect.poll(async () => (await fixture.get(PATH)).cache, { timeout: 15_000 }).toContain('not confirmed')
  fixture.script = () => page('price:1@2')
  expect((await fixture.get(PATH)).body).toContain('price:1@2')
  // A publisher that was not there then knows nothing of it.
  const publisher = new LocalEdge({ url: fixture.url, secret: SECRET })
  await expect
    .poll(
      async () => {
        await publisher.publish([], 0)
        const { cache, body } = await fixture.get(PATH)
        expect(body).toContain('price:1@2')
        return cache
      },
      { timeout: 15_000 },
    )
    .toBe('HIT edge')
})
