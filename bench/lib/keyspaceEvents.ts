/** @trieb.work asks for this setting of Redis in its manual; the others do not mind it. */
import { Redis } from 'ioredis'
import { z } from 'zod'

export async function keyspaceEvents(redisUrl: string): Promise<{ restore(): Promise<void> }> {
  const redis = new Redis(redisUrl)
  const [, before = ''] = z.array(z.string()).parse(await redis.config('GET', 'notify-keyspace-events'))
  await redis.config('SET', 'notify-keyspace-events', 'Exe')
  return {
    async restore() {
      await redis.config('SET', 'notify-keyspace-events', before)
      redis.disconnect()
    },
  }
}
