import { redisKeys } from '#lib/platform/redisKeys.ts'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { createAccount, signIn } from '../support/accounts.ts'
import { environment } from '../support/environment.ts'
import { expect, test } from '../support/test.ts'

/** A job that has failed for good, as one whose outbox row is long done looks. */
async function failedJob(): Promise<{ id: string; state(): Promise<string>; close(): Promise<void> }> {
  const connection = new Redis(environment.REDIS_URL, { maxRetriesPerRequest: null })
  const queue = new Queue('invalidation', { prefix: redisKeys.queuePrefix, connection })
  const id = `test-${Date.now()}`
  // Ahead of the jobs that wait. An id that is no number fails before anything is done, at the first attempt and for good.
  await queue.add('invalidate', { outboxIds: ['not a number'] }, { jobId: id, attempts: 1, lifo: true })
  await expect.poll(async () => (await queue.getJob(id))?.getState(), { timeout: 30_000 }).toBe('failed')
  return {
    id,
    state: async () => String(await (await queue.getJob(id))?.getState()),
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}

test('retries and discards failed jobs for an administrator, and logs both', async ({ page, database }) => {
  const job = await failedJob()
  await signIn(page.request)
  await page.goto('/admin/queues/queue/invalidation?status=failed')
  await expect(page.getByText(job.id).first()).toBeVisible()

  const headers = { origin: new URL(page.url()).origin }
  const logged = (action: string) =>
    database.sql('SELECT actor FROM audit_log WHERE action = $1 AND target = $2', [
      action,
      `queue:invalidation:${job.id}`,
    ])
  expect((await page.request.put(`/admin/queues/api/queues/invalidation/${job.id}/retry`, { headers })).ok()).toBe(true)
  expect(await logged('queues.retry')).toEqual([{ actor: environment.ADMIN_EMAIL }])
  await expect.poll(() => job.state(), { timeout: 30_000 }).toBe('failed') // it ran again
  expect((await page.request.put(`/admin/queues/api/queues/invalidation/${job.id}/clean`, { headers })).ok()).toBe(true)
  expect(await logged('queues.discard')).toEqual([{ actor: environment.ADMIN_EMAIL }])
  await expect.poll(() => job.state(), { timeout: 30_000 }).toBe('undefined')
  await job.close()
})

test('refuses to empty a queue, and refuses the board to every role but administrators', async ({
  page,
  playwright,
  baseURL,
  database,
}) => {
  await signIn(page.request)
  await page.goto('/admin/queues')
  await expect(page.getByText('invalidation').first()).toBeVisible()
  await expect(page.getByText('bulk').first()).toBeVisible()
  const headers = { origin: new URL(page.url()).origin }
  for (const end of ['empty', 'obliterate', 'pause', 'clean/wait'])
    expect((await page.request.put(`/admin/queues/api/queues/invalidation/${end}`, { headers })).status(), end).toBe(
      403,
    )
  expect(
    (
      await page.request.put('/admin/queues/api/queues/invalidation/retry/failed', {
        headers: { origin: 'https://evil.example' },
      })
    ).status(),
  ).toBe(403)

  const other = await playwright.request.newContext({ ...(baseURL !== undefined && { baseURL }), maxRedirects: 0 })
  expect((await other.get('/admin/queues/api/queues')).status()).toBe(401)
  expect((await other.get('/admin/queues', { headers: { accept: 'text/html' } })).headers()['location']).toContain(
    '/admin/sign-in',
  )
  await signIn(other, await createAccount(database, 'editor'))
  expect((await other.get('/admin/queues/api/queues')).status()).toBe(403)
  await other.dispose()
})
