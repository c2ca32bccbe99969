/** The functions that links read, in place of all of them. A test compares. */
export { getLocationOrigin, isAbsoluteUrl } from 'next/dist/esm/shared/lib/utils.js'
