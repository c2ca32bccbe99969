/**
 * The page cache of @trieb.work/nextjs-turbo-redis-cache, as "Option B" of its manual: its defaults, and the Redis
 * database of REDIS_URL instead of number 1.
 */
const { RedisStringsHandler } = require('@trieb.work/nextjs-turbo-redis-cache')

let cachedHandler

module.exports = class CustomizedCacheHandler {
  constructor() {
    cachedHandler ??= new RedisStringsHandler({
      database: Number(new URL(process.env.REDIS_URL).pathname.slice(1) || 0),
      keyPrefix: 'trieb',
    })
  }
  get(...args) {
    return cachedHandler.get(...args)
  }
  set(...args) {
    return cachedHandler.set(...args)
  }
  revalidateTag(...args) {
    return cachedHandler.revalidateTag(...args)
  }
  resetRequestCache(...args) {
    return cachedHandler.resetRequestCache(...args)
  }
}
