/** What a Next application puts in place: two cache handlers, and a fast path in front of its server. */
export { dataCacheHandler } from './next/dataCacheHandler.ts'
export { pageCacheHandler } from './next/pageCacheHandler.ts'
export { FastPath, type Existence } from './next/fastPath.ts'
export { RenderLimiter } from './render/renderLimiter.ts'
export { pathnameOf } from './next/pageRoutes.ts'
export { VARY, withoutSharedLifetime } from './next/cacheControl.ts'
export { Variants } from './next/variants.ts'
export { acceptedEncoding } from './store/encodings.ts'
