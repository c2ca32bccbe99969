import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { keys } from '#lib/coherence/index.ts'
import { singleRedis } from '../support/redisTopology.ts'
import { CHECKED, expectSurvived } from './refusal.ts'
import { describeRedis } from './redisSuite.ts'

/** Each key that it reads from its file holds it up by two milliseconds; it answers in between, after each kilobyte. */
const SLOW_LOADING = ['key-load-delay 2000', 'loading-process-events-interval-bytes 1024']
const KEYS = 1_000

describeRedis('one Redis', singleRedis, ['killPrimary'], (shop) => {
  test('survives LOADING: it was started again, and has not read its file yet', async () => {
    const node = await shop.topology().primary()
    const { client, folder } = node
    await Promise.all(
      Array.from({ length: KEYS }, (_, i) => client.set(keys.page('filler', String(i)), randomBytes(1_024))),
    )
    await client.bgrewriteaof() // what was written one by one is loaded without a break
    await expect
      .poll(() => client.info('persistence'), { timeout: 10_000 })
      .toMatch(/aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0/)
    appendFileSync(path.join(folder, 'redis.conf'), SLOW_LOADING.join('\n'))
    await expectSurvived(shop, 'LOADING', {
      async begin() {
        await node.stop('SIGTERM')
        await node.start({ loading: true })
        await expect
          .poll(() => client.info('persistence').catch(() => ''), { interval: 10, timeout: 10_000 })
          .toMatch(/loading:1/)
      },
      refused: () => client.get(CHECKED[0]),
      end: () => expect.poll(() => client.get(CHECKED[0]).catch(() => null), { timeout: 20_000 }).not.toBe(null),
    })
  }, 60_000)
})
