/** The variables that a shop of the tests must not inherit from the shell and from `.env`. */
import { ONE_NETWORK, readEnvironment, type Environment } from '../run/environment.ts'

/** Never the stores and addresses of a shop that people use: tests and the demo write, drop and flush. */
export const NOT_INHERITED = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_REPLICA_URL',
  'MIGRATION_DATABASE_URL',
  'REPLICATION_DATABASE_URL',
  'REDIS_URL',
  'CACHE_REDIS_URL',
  'REDIS_URL_WEB',
  'REDIS_URL_WORKER',
  'PORT',
  'WORKER_PORT',
  'WEB_PORT_BASE',
  'WEB_URLS',
  'PUBLIC_URL',
  'NEXT_DIST_DIR',
  'EDGE',
  'EDGE_PORT',
  'EDGE_CONTROL_URL',
  'EDGE_URL',
  'WORKER_URL',
  'HOST',
]

/** Takes those variables out of this process as well. @returns the environment of a shop with a catalog of 300 products */
export function isolatedEnvironment(): Environment {
  for (const name of NOT_INHERITED) delete process.env[name]
  const given = Object.entries(readEnvironment()).filter(([name]) => !NOT_INHERITED.includes(name))
  return {
    ...Object.fromEntries(given),
    CATALOG_SIZE: '300',
    ADMIN_EMAIL: 'admin@evergreen.example',
    ...ONE_NETWORK,
  }
}
