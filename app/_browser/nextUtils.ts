/** In place of all of them: what links read. A test compares. */
export { getLocationOrigin, isAbsoluteUrl } from 'next/dist/esm/shared/lib/utils.js'
