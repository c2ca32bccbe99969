import { redisCluster } from '../support/redisTopology.ts'
import { describeRedis } from './redisSuite.ts'

describeRedis('a Redis Cluster of three shards with replicas', redisCluster, [
  'handOver',
  'freezePrimary',
  'killPrimary',
])
