/** The handlers that are compared, each configured as its manual says. */
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'

/** Next's default, in bytes. */
const NEXT_MEMORY = 50 * 1024 * 1024

function handler(file: string): { module: string } {
  return { module: new URL(`../handlers/${file}`, import.meta.url).href }
}

const redisOnly: Subject['environment'] = ({ redisUrl }) => ({ REDIS_URL: redisUrl })

export const builtIn: Subject = {
  name: 'Next built-in',
  page: 'built-in',
  data: 'built-in',
  memoryBytes: NEXT_MEMORY,
  usesRedis: false,
  environment: () => ({}),
}

/** Its manual: no `cacheHandlers`, no `'use cache'`. */
export const fortedigital: Subject = {
  name: '@fortedigital',
  page: handler('fortedigitalPage.mjs'),
  data: 'built-in',
  memoryBytes: NEXT_MEMORY,
  usesRedis: true,
  environment: redisOnly,
}

const trieb: Subject = {
  name: '@trieb.work',
  page: handler('triebPage.cjs'),
  data: handler('triebData.cjs'),
  memoryBytes: 0,
  usesRedis: true,
  environment: redisOnly,
}

/** Its manual configures no page cache: pages go to Next's own, on disk only. */
const mrjasonroy: Subject = {
  name: '@mrjasonroy',
  page: 'built-in',
  data: handler('mrjasonroyData.mjs'),
  memoryBytes: 0,
  usesRedis: true,
  environment: redisOnly,
}

export const subjects: readonly Subject[] = [ours, builtIn, fortedigital, trieb, mrjasonroy]
