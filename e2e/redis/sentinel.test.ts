import { expect, test } from 'vitest'
import { checkRedis } from '../../tools/services/external.ts'
import { redisSentinels } from '../support/redisTopology.ts'
import { describeRedis } from './redisSuite.ts'

describeRedis(
  'a Redis with a replica under three Sentinels',
  redisSentinels,
  ['handOver', 'freezePrimary', 'killPrimary'],
  (shop) => {
    test('npm start asks the primary whether it keeps what it is given', async () => {
      const sentences = await checkRedis('REDIS_URL', shop.topology().url)
      expect(sentences).toEqual([expect.stringMatching(/^Redis at redis\+sentinel:.*\/shop writes nothing to disk/)])
    })
  },
)
