/** Alerts: raised once, resolved by themselves, sent until the webhook takes them. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { ALERT_KINDS, type Finding } from './finding.ts'
import { reconcileAlerts } from './reconcile.ts'
import { notifyAlerts } from './webhook.ts'

let database: TestDatabase
let db: Db
let receiver: Server
let url: string
let refusals = 0
const heard: string[] = []
/** Runs while the webhook is called. */
let onHeard: (() => Promise<unknown>) | undefined

beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  db = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url, max: 8 }) })
  receiver = createServer((request, response) => {
    void json(request).then(async (body) => {
      if (refusals > 0) {
        refusals--
        return response.writeHead(500).end()
      }
      const answered = onHeard?.()
      onHeard = undefined
      heard.push(typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : '')
      await answered
      return response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const address = receiver.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterAll(async () => {
  receiver.close()
  vi.unstubAllEnvs()
  await db.$disconnect()
  await database.drop()
})
afterEach(async () => {
  await db.alert.deleteMany()
  heard.length = 0
  refusals = 0
})

const behind = (productId: number, summary = `Product ${productId} is behind`): Finding => ({
  dedupKey: `product:${productId}`,
  kind: 'product-behind',
  severity: 'critical',
  summary,
  detail: { layer: 'index', productId },
})
const open = () => db.alert.findMany({ where: { resolvedAt: null }, orderBy: { dedupKey: 'asc' } })
const webhook = () => ({ url, shopUrl: 'https://shop.example' })

it('raises one alert for a repeated finding of several monitors at once', async () => {
  await Promise.all(Array.from({ length: 8 }, () => reconcileAlerts(db, 'monitor:test', [behind(1), behind(2)])))
  await reconcileAlerts(db, 'monitor:test', [behind(1, 'Product 1 is further behind'), behind(2)])
  expect((await open()).map(({ summary }) => summary)).toEqual(['Product 1 is further behind', 'Product 2 is behind'])
  expect(await db.alert.count()).toBe(2)
})

it('an alert is resolved when it is not found any more, and one found later is a new one', async () => {
  await reconcileAlerts(db, 'monitor:test', [behind(1), behind(2)])
  expect(await reconcileAlerts(db, 'monitor:test', [behind(2)])).toEqual({
    raised: [],
    resolved: ['monitor:test/product:1'],
  })
  expect((await reconcileAlerts(db, 'monitor:test', [behind(1), behind(2)])).raised).toEqual(['monitor:test/product:1'])
  expect(await db.alert.count()).toBe(3)
})

it('resolves no alert of another source, and keeps one that comes and goes as one alert', async () => {
  await reconcileAlerts(db, 'watchdog', [behind(1)])
  await reconcileAlerts(db, 'monitor:test', [behind(2)])
  await reconcileAlerts(db, 'monitor:test', [], { quietMs: 60_000 })
  expect((await open()).map(({ dedupKey }) => dedupKey)).toEqual(['monitor:test/product:2', 'watchdog/product:1'])
  await reconcileAlerts(db, 'monitor:test', [])
  expect((await open()).map(({ dedupKey }) => dedupKey)).toEqual(['watchdog/product:1'])
})

it('a webhook that refuses hears of it later, once, and hears of the end', async () => {
  refusals = 1
  await reconcileAlerts(db, 'monitor:test', [behind(1, 'Page of <product> 1')])
  await vi.waitFor(
    async () => {
      await Promise.all([notifyAlerts(db, webhook()), notifyAlerts(db, webhook())])
      expect(heard).toEqual([':red_circle: Critical: Page of &lt;product&gt; 1 [product-behind]'])
    },
    { timeout: 15_000, interval: 50 },
  )
  expect(await notifyAlerts(db, webhook())).toBe(0)
  await reconcileAlerts(db, 'monitor:test', [])
  await notifyAlerts(db, webhook())
  expect(heard[1]).toMatch(/^:white_check_mark: Resolved/)
  expect(await notifyAlerts(db, webhook())).toBe(0)
})

it('sends the news in order when an alert was raised and resolved while the webhook was away', async () => {
  await reconcileAlerts(db, 'monitor:test', [behind(1)])
  await reconcileAlerts(db, 'monitor:test', [])
  await notifyAlerts(db, webhook())
  await notifyAlerts(db, webhook())
  expect(heard.map((text) => text.split(':')[1])).toEqual(['red_circle', 'white_check_mark'])
})

it('notifies again when a warning becomes critical, also while it notifies of the warning', async () => {
  const warning: Finding = { ...behind(1, 'Late'), severity: 'warning' }
  await reconcileAlerts(db, 'monitor:test', [warning])
  await notifyAlerts(db, webhook())
  await reconcileAlerts(db, 'monitor:test', [warning])
  expect(await notifyAlerts(db, webhook())).toBe(0)
  await reconcileAlerts(db, 'monitor:test', [behind(1, 'Very late')])
  await notifyAlerts(db, webhook())
  expect(heard).toEqual([
    ':warning: Warning: Late [product-behind]',
    ':red_circle: Critical: Very late [product-behind]',
  ])
  expect(await notifyAlerts(db, webhook())).toBe(0)

  await reconcileAlerts(db, 'monitor:test', [])
  await notifyAlerts(db, webhook())
  await reconcileAlerts(db, 'monitor:test', [warning])
  onHeard = () => reconcileAlerts(db, 'monitor:test', [behind(1, 'Worse at once')])
  await notifyAlerts(db, webhook())
  await notifyAlerts(db, webhook())
  expect(heard.at(-1)).toBe(':red_circle: Critical: Worse at once [product-behind]')
  expect(await open()).toMatchObject([{ severity: 'critical', raisedToldAt: expect.any(Date) }])
})

it('does not notify a webhook that is set up today of old alerts', async () => {
  await reconcileAlerts(db, 'monitor:test', [behind(1)])
  await db.$executeRaw`UPDATE alerts SET raised_at = raised_at - interval '2 days', resolved_at = raised_at - interval '1 day 1 hour'`
  expect(await notifyAlerts(db, webhook())).toBe(0)
})

it('every kind of alert says in the operations guide what it means and what to do', async () => {
  const guide = await readFile('docs/operations/alerts.md', 'utf8')
  for (const kind of ALERT_KINDS) expect(guide).toContain(`## ${kind}\n`)
})
