/** The data cache of @mrjasonroy/cache-components-cache-handler, as its manual's "Quick Start" for production. */
import { createCacheHandler } from '@mrjasonroy/cache-components-cache-handler'

export default createCacheHandler({ type: 'redis' })
