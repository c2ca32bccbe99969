/** The path of one edit, step by step, as docs/architecture/one-edit.md has it. */
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { noteMadeFrom } from '#lib/coherence/store/madeFrom.ts'
import { INVALIDATION_QUEUE } from '#lib/queue/invalidationQueue.ts'
import { ADMIN, signInOnPage } from '../support/accounts.ts'
import { another, PricePage } from '../support/adminPage.ts'
import { environment } from '../support/environment.ts'
import { measured } from '../support/measured.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

const WEB_LOG = path.join(process.cwd(), '.data/test/logs/web.log')

const redis = new Redis(environment.REDIS_URL)
const bodies = new Redis(environment.BODIES_URL)
const queue = new Queue(INVALIDATION_QUEUE, {
  prefix: redisKeys.queuePrefix,
  connection: { url: environment.REDIS_URL },
})
test.afterAll(async () => {
  await queue.close()
  redis.disconnect()
  bodies.disconnect()
})

const outboxRow = z.object({ id: z.coerce.string(), correlation_id: z.string() })

/** Requests that the web instance answered under a correlation id, as `POST /path 200`. */
async function answeredRequests(correlationId: string): Promise<string[]> {
  const lines = (await readFile(WEB_LOG, 'utf8')).split('\n').filter((line) => line.includes(correlationId))
  return lines.flatMap((line) => {
    const { method, url, status } = z
      .object({ method: z.string().optional(), url: z.string().optional(), status: z.number().optional() })
      .parse(JSON.parse(line))
    return method === undefined ? [] : [`${method} ${url} ${status}`]
  })
}

test('an edit goes from the editor through Prisma, outbox and BullMQ job to Redis, tagged pages and meta tags', async ({
  page,
  request,
  database,
}) => {
  const productId = await featuredProduct(database, 5)
  const { products, categories, home } = await pagesOf(database, productId)
  const urls = [...products, ...categories, home]
  const before = await database.price(productId)
  const after = { version: before.version + 1, amountCents: another(before).cents }
  for (const url of urls) await fetchShownPrice(request, url, productId)
  const inIndex = async () => parseTagState(await redis.get(keys.tag(`price:${productId}`)))
  expect((await inIndex()).payload, 'the old price is in Redis').toContain(`"amountMinor": ${before.amountCents}`)
  // As a page that cannot be cut into a template leaves it.
  const body = keys.data('e2e', `made from ${productId}@${before.version}`)
  await bodies.set(body, 'with the old price', 'EX', 600)
  await noteMadeFrom(bodies, body, [[`price:${productId}`, before.version]])

  // 1. The editor.
  await page.goto('/admin')
  await signInOnPage(page, ADMIN)
  await expect(page).toHaveURL(/\/admin$/)
  const pricePage = new PricePage(page)
  await pricePage.open(productId)
  await pricePage.change(another(before).typed, 'One edit, step by step')
  await expect(page.getByText(/^Live/)).toBeVisible()
  const answered = performance.now()

  // 2. and 3. The write through Prisma, and what the triggers made of it in the same transaction.
  expect(await database.price(productId)).toMatchObject(after)
  const [change] = await database.sql(
    'SELECT source, reason, old_amount_cents, new_amount_cents FROM price_changes WHERE product_id = $1 AND version = $2',
    [productId, after.version],
  )
  expect(change).toEqual({
    source: 'editor',
    reason: 'One edit, step by step',
    old_amount_cents: before.amountCents,
    new_amount_cents: after.amountCents,
  })
  const [row] = await database.sql(
    `SELECT id, correlation_id FROM outbox WHERE topic = 'price' AND entity_ids = ARRAY[$1::int] AND versions = ARRAY[$2::bigint]`,
    [productId, after.version],
  )
  const { id: outboxId, correlation_id: correlationId } = outboxRow.parse(row)

  // 4. The version index, before the answer.
  expect(await redis.get(keys.tag(`price:${productId}`))).toMatch(new RegExp(`^${after.version}(:|[|]|$)`))

  // 7. The first request for each page, with the meta tags.
  for (const url of urls) {
    const shown = await fetchShownPrice(request, url, productId)
    expect(shown, url).toMatchObject({ version: after.version, elements: [`${after.version}:${after.amountCents}`] })
    expect(Date.parse(shown.renderedAt ?? ''), `${url}: rendered-at`).toBeGreaterThan(before.versionUpdatedAt.getTime())
    expect(Date.parse(shown.updatedAt ?? ''), `${url}: price-version-updated-at`).toBeGreaterThan(
      before.versionUpdatedAt.getTime(),
    )
  }
  measured(`${urls.length} pages in 7 languages: version ${after.version} at the first request after "Live"`)

  // 5. The BullMQ job that names the outbox row.
  const completed = async () =>
    (await queue.getJobs(['completed'], 0, 200)).find((job) => job.data.outboxIds.includes(outboxId))?.returnvalue
  await expect.poll(completed, { message: 'the job is completed' }).not.toBeUndefined()

  // 6. The steps of the job: Redis cleared, tagged pages revalidated, each layer read back.
  await expect
    .poll(() => database.sql('SELECT 1 FROM outbox WHERE id = $1 AND done_at IS NULL', [outboxId]))
    .toEqual([])
  measured(`job completed, every layer read back ${Math.round(performance.now() - answered)} ms after "Live"`)
  expect(await bodies.exists(body), 'what was made from the old price is gone').toBe(0)
  expect(await inIndex(), 'the new price is in Redis').toMatchObject({
    version: after.version,
    payload: expect.stringContaining(`"amountMinor": ${after.amountCents}`),
  })
  expect(await answeredRequests(correlationId)).toContain('POST /api/internal/revalidate 200')
  expect(
    await database.sql(
      'SELECT layer, verified_at IS NOT NULL AS verified FROM invalidations WHERE outbox_ids @> ARRAY[$1::bigint] ORDER BY layer',
      [outboxId],
    ),
  ).toEqual([
    { layer: 'index', verified: true },
    { layer: 'page', verified: true },
    { layer: 'redis', verified: true },
  ])
})
