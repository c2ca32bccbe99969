/** One edit through the real system with a tab open: a collector gets one trace with every step of it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { expect, test } from '../support/test.ts'
import { startEdgeShop, type EdgeShop } from './edgeShop.ts'

const PRODUCT = 11

/** The part of OTLP's JSON that the test reads. */
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) })),
      }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.coerce.number(),
              endTimeUnixNano: z.coerce.number(),
              attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
            }),
          ),
        }),
      ),
    }),
  ),
})

interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly service: string
  readonly change: string
}

const spans: CollectedSpan[] = []
let collector: Server
let edge: EdgeShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  collector = createServer((request, response) => {
    json(request).then(
      (body) => {
        for (const { resource, scopeSpans } of exported.parse(body).resourceSpans)
          for (const { attributes, ...span } of scopeSpans.flatMap((scope) => scope.spans)) {
            const valueOf = (key: string) =>
              Object.values(attributes.find((one) => one.key === key)?.value ?? {}).join('')
            const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
            spans.push({
              ...span,
              parentSpanId: span.parentSpanId,
              service,
              change: `${valueOf('evergreen.tag')}@${valueOf('evergreen.version')}`,
            })
          }
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      },
      () => response.writeHead(400).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const address = collector.address()
  const port = typeof address === 'object' && address ? address.port : 0
  edge = await startEdgeShop('local', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } })
})
test.afterAll(async () => {
  await edge.stop()
  collector.close()
})

const stepsOf = (change: string) => new Set(spans.filter((span) => span.change === change).map(({ name }) => name))

test('the steps of an edit, from the API to the open tab, stand in one trace, which its receipt and the lag lead to', async ({
  page,
}) => {
  const { shop, url } = edge
  const { slug, amountCents } = await shop.database.price(PRODUCT)
  const prober = await shop.startProber([shop.url], { PROBER_INTERVAL_MS: '100' })
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(`${url}/en/products/${slug}`)
  await stream
  let version = 0
  let change = ''
  // A tab loads what reports once its stream has said that changes are traced; an edit before that is not reported.
  await expect(async () => {
    ;({ version } = await edge.edit(PRODUCT, amountCents + 10 + version))
    change = `price:${PRODUCT}@${version}`
    await expect.poll(() => stepsOf(change).has('tab'), { timeout: 3_000 }).toBe(true)
  }).toPass({ timeout: 30_000 })
  await expect
    .poll(() => [...stepsOf(change)].toSorted(), { timeout: 30_000 })
    .toEqual([
      'change',
      'edge',
      'edit',
      'index',
      'instance',
      'page',
      'probe',
      'publish',
      'redis',
      'relay',
      'tab',
      'trigger',
    ])

  const mine = spans.filter((span) => span.change === change)
  const [root] = mine.filter(({ name }) => name === 'change')
  expect(root?.parentSpanId).toBeUndefined()
  expect(new Set(mine.map(({ traceId }) => traceId))).toEqual(new Set([root?.traceId]))
  expect(new Set(mine.flatMap((span) => (span === root ? [] : span.parentSpanId)))).toEqual(new Set([root?.spanId]))
  expect(new Set(mine.map(({ service }) => service))).toEqual(
    new Set(['evergreen-web', 'evergreen-worker', 'evergreen-prober']),
  )

  const answer = await edge.call('GET', `/api/admin/receipts?productId=${PRODUCT}&version=${version}`)
  const { receipts } = z
    .object({
      receipts: z.array(
        z.object({
          state: z.string(),
          traceId: z.string(),
          layers: z.array(z.object({ layer: z.string(), lagMs: z.number() })),
        }),
      ),
    })
    .parse(answer)
  expect(receipts).toMatchObject([{ state: 'live', traceId: root?.traceId }])
  expect(receipts[0]?.layers.map(({ layer }) => layer)).toEqual([
    'postgres',
    'index',
    'redis',
    'instance',
    'page',
    'edge',
  ])

  const metrics = await (await fetch(`${prober.url}/metrics`)).text()
  expect(metrics).toMatch(new RegExp(`^evergreen_probe_lag_seconds_bucket.* # {trace_id="${root?.traceId}"} `, 'm'))
  expect(metrics).toMatch(/^# TYPE evergreen_probe_reads counter\nevergreen_probe_reads_total{/m)
  expect(metrics).toMatch(/\n# EOF\n$/)
})

test('a write past the application has a trace as well', async () => {
  const { database } = edge.shop
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [PRODUCT + 1])
  const { version } = await database.price(PRODUCT + 1)
  await expect
    .poll(() => [...stepsOf(`price:${PRODUCT + 1}@${version}`)].toSorted(), { timeout: 30_000 })
    .toEqual(expect.arrayContaining(['change', 'edge', 'index', 'instance', 'relay', 'trigger']))
})
