import { singleRedis } from '../support/redisTopology.ts'
import { describeRedis } from './redisSuite.ts'

describeRedis('one Redis', singleRedis, ['killPrimary'])
