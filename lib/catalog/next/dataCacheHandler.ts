/** Next loads this as `cacheHandlers.default`. */
import { dataCacheHandler } from '#lib/coherence/next.ts'
import { isBuildPhase } from '#lib/platform/env.ts'
import { coherence } from '../coherence.ts'

export default dataCacheHandler(() => (isBuildPhase() ? undefined : coherence()))
