/** The data cache of @trieb.work/nextjs-turbo-redis-cache, as its manual's "Cache Components handler". */
const { getRedisCacheComponentsHandler } = require('@trieb.work/nextjs-turbo-redis-cache')

module.exports = getRedisCacheComponentsHandler({
  database: Number(new URL(process.env.REDIS_URL ?? 'redis://localhost:6379/0').pathname.slice(1) || 0),
  keyPrefix: 'trieb',
})
