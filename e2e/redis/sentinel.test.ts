import { redisSentinels } from '../support/redisTopology.ts'
import { describeRedis } from './redisSuite.ts'

describeRedis('a Redis with a replica under three Sentinels', redisSentinels, [
  'handOver',
  'freezePrimary',
  'killPrimary',
])
