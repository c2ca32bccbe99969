/**
 * The page cache of @fortedigital/nextjs-cache-handler, as the "Production Setup Example" of its manual, Redis
 * only: the composite of that example exists for a tag that nothing here has.
 */
import { CacheHandler } from '@fortedigital/nextjs-cache-handler'
import createLruHandler from '@fortedigital/nextjs-cache-handler/local-lru'
import createRedisHandler from '@fortedigital/nextjs-cache-handler/redis-strings'
import { createClient } from '@redis/client'

CacheHandler.onCreation(() => {
  if (global.cacheHandlerConfig) return global.cacheHandlerConfig
  if (global.cacheHandlerConfigPromise) return global.cacheHandlerConfigPromise

  global.cacheHandlerConfigPromise = (async () => {
    let client = null
    if (process.env.NEXT_PHASE !== 'phase-production-build') {
      client = createClient({ url: process.env.REDIS_URL, pingInterval: 10_000 })
      client.on('error', () => {
        global.cacheHandlerConfig = null
        global.cacheHandlerConfigPromise = null
      })
      await client.connect().catch(() => client.disconnect().catch(() => undefined))
    }
    global.cacheHandlerConfigPromise = null
    global.cacheHandlerConfig = client?.isReady
      ? { handlers: [createRedisHandler({ client, keyPrefix: 'nextjs:' })] }
      : { handlers: [createLruHandler()] }
    return global.cacheHandlerConfig
  })()
  return global.cacheHandlerConfigPromise
})

export default CacheHandler
