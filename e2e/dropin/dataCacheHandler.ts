import { dataCacheHandler } from '#lib/coherence/next.ts'
import { servingCoherence } from './coherence.ts'

export default dataCacheHandler(servingCoherence)
