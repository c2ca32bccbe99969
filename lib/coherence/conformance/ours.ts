/** Our handlers as `next.config.js` names them. */
import type { Subject } from './fleet.ts'

export const ours: Subject = {
  name: 'Evergreen',
  page: { module: new URL('../next/pageCacheHandler.ts', import.meta.url).href },
  data: { module: new URL('../next/dataCacheHandler.ts', import.meta.url).href },
  memoryBytes: 0,
  usesRedis: true,
  environment: ({ databaseUrl, redisUrl }) => ({
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    AUTH_SECRET: 'a secret of the tests, long enough',
    INTERNAL_SECRET: 'another secret of the tests, long enough',
    ADMIN_PASSWORD: 'the password of the tests',
    LOG_LEVEL: 'silent',
  }),
}
