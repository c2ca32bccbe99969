/** Real processes end on a signal, and one edit is followed through all of them. */
import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { APIRequestContext } from '@playwright/test'
import { z } from 'zod'
import { ADMIN } from '../support/accounts.ts'
import { type IsolatedShop, startIsolatedShop } from '../support/isolatedShop.ts'
import { expect, test } from '../support/test.ts'

/** Long enough for a SIGTERM in the middle of one. */
const RENDER_MS = 1_000
const DRAIN_MS = 1_000

let shop: IsolatedShop

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  shop = await startIsolatedShop({
    LOG_LEVEL: 'info',
    TEST_RENDER_DELAY_MS: String(RENDER_MS),
    SHUTDOWN_DRAIN_MS: String(DRAIN_MS),
  })
  await shop.startWorker()
})
test.afterAll(() => shop.stop())

const pageOf = async (productId: number) => `${shop.url}/en/products/${(await shop.database.price(productId)).slug}`
const pending = () => shop.database.sql('SELECT id FROM outbox WHERE done_at IS NULL')

async function signedIn(request: APIRequestContext): Promise<void> {
  const response = await request.post(`${shop.url}/api/auth/sign-in/email`, {
    data: ADMIN,
    headers: { origin: shop.url },
  })
  expect(response.status()).toBe(200)
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

const logLine = z.object({
  component: z.string(),
  msg: z.string(),
  correlationId: z.string().optional(),
  method: z.string().optional(),
})

/** The log lines of one id, with the process that wrote each. */
async function linesOf(correlationId: string): Promise<string[]> {
  const lines = (await shop.log()).split('\n').flatMap((line) => {
    const parsed = line.startsWith('{') ? logLine.safeParse(JSON.parse(line)) : undefined
    return parsed?.data?.correlationId === correlationId ? [parsed.data] : []
  })
  return lines.map(({ component, msg, method }) => [component, msg, method].filter(Boolean).join(': '))
}

test('one id follows an edit from the request through outbox and job to the page that was read to verify it', async ({
  request,
}) => {
  await signedIn(request)
  const { amountCents } = await shop.database.price(3)
  const response = await request.post(`${shop.url}/api/admin/prices`, {
    data: { changes: [{ productId: 3, amountCents: amountCents + 1 }], reason: 'To be followed' },
    headers: { origin: shop.url },
  })
  const correlationId = response.headers()['x-correlation-id'] ?? ''
  expect(await response.json()).toMatchObject({ correlationId })
  expect(
    await shop.database.sql('SELECT count(*)::int AS n FROM price_changes WHERE correlation_id = $1', [correlationId]),
  ).toEqual([{ n: 1 }])
  await expect
    .poll(() => linesOf(correlationId), { timeout: 20_000 })
    .toEqual(
      expect.arrayContaining([
        'web: request answered: POST',
        'pricing: prices changed',
        'relay: handed to the queue',
        'web: request answered: GET',
        'invalidation: layers read back',
      ]),
    )
})

test('an id that no process of the shop has signed is replaced, and a request without one gets its own', async ({
  request,
}) => {
  const send = async (headers: Record<string, string>) =>
    (
      await request.post(`${shop.url}/api/admin/prices`, { data: {}, headers: { origin: shop.url, ...headers } })
    ).headers()['x-correlation-id']
  for (const forged of ['x"} {"level":50', 'edit-1', `edit-1/${'A'.repeat(43)}`])
    expect(await send({ 'x-correlation-id': forged })).toMatch(/^[0-9a-f-]{36}$/)
  expect(await send({})).toMatch(/^[0-9a-f-]{36}$/)
})

test('a worker that gets SIGTERM ends the job that it runs, and says that it is not ready', async () => {
  await expect.poll(pending, { timeout: 20_000 }).toEqual([])
  const { worker } = shop.processes
  if (!worker) throw new Error('no worker')
  await shop.database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 4')
  await expect
    .poll(() => shop.database.sql('SELECT id FROM outbox WHERE done_at IS NULL AND enqueued_at IS NOT NULL'), {
      timeout: 20_000,
      intervals: [20],
    })
    .toHaveLength(1)
  worker.kill('SIGTERM')
  await expect.poll(async () => (await fetch(shop.workerUrl + '/ready')).status, { intervals: [20] }).toBe(503)
  expect(await exitCode(worker)).toBe(0)
  expect(await pending()).toEqual([])
})

test('a web instance that gets SIGTERM says so while it still answers, ends a slow page, and takes no more', async () => {
  const { web } = shop.processes
  const stream = await fetch(`${shop.url}/api/prices/stream?ids=1`)
  const slow = fetch(await pageOf(5)).then(async (response) => ({
    status: response.status,
    html: await response.text(),
  }))
  // It is rendering once it holds the lease, which the test cannot see: it has been sent when the next one is answered.
  expect((await fetch(`${shop.url}/api/ready`)).status).toBe(200)
  web.kill('SIGTERM')
  await expect.poll(async () => (await fetch(`${shop.url}/api/ready`)).status, { intervals: [20] }).toBe(503)
  expect((await fetch(`${shop.url}/api/health`)).status).toBe(200)
  const { status, html } = await slow
  expect(status).toBe(200)
  expect(html).toContain('</html>')
  expect(await exitCode(web)).toBe(0)
  await expect(stream.text()).rejects.toThrow()
  await expect(fetch(`${shop.url}/api/health`)).rejects.toThrow()
})
