/** Next loads this as `cacheHandler`. */
import { pageCacheHandler } from '#lib/coherence/next.ts'
import { isBuildPhase } from '#lib/platform/env.ts'
import { coherence } from '../coherence.ts'

export default pageCacheHandler(() => (isBuildPhase() ? undefined : coherence()))
