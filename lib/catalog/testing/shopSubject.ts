/** The shop's handlers as `next.config.js` names them, and its prices as the rows that the suite changes. */
import { TEST_LEASE_MS } from './coherence.ts'
import type { Rows, Subject } from '#lib/coherence/conformance/fleet.ts'

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

/** With a short lease, for suites that lose the index again and again. */
export const oursWithShortLease: Subject = {
  ...ours,
  environment: (stores) => ({ ...ours.environment(stores), TEST_INDEX_LEASE_MS: String(TEST_LEASE_MS) }),
}

export const PRICES: Rows = {
  kind: 'price',
  selectVersion: 'SELECT version FROM prices WHERE product_id = $1',
  change: 'UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1',
}
