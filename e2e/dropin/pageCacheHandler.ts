import { pageCacheHandler } from '#lib/coherence/next.ts'
import { servingCoherence } from './coherence.ts'

export default pageCacheHandler(servingCoherence)
