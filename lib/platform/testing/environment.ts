/** The shop's environment in a test that runs code which reads it. */
import { vi } from 'vitest'

/** Before anything else reads the environment: it is parsed once a process. */
export function stubEnvironment(stores: { databaseUrl: string; redisUrl: string }): void {
  vi.stubEnv('DATABASE_URL', stores.databaseUrl)
  vi.stubEnv('REDIS_URL', stores.redisUrl)
  vi.stubEnv('AUTH_SECRET', 'a secret of the tests, long enough')
  vi.stubEnv('INTERNAL_SECRET', 'another secret of the tests, long enough')
  vi.stubEnv('EDGE_SECRET', 'a third secret of the tests, long enough')
  vi.stubEnv('ADMIN_EMAIL', 'admin@evergreen.example')
  vi.stubEnv('ADMIN_PASSWORD', 'the password of the tests')
  vi.stubEnv('PUBLIC_URL', 'https://shop.example')
}
