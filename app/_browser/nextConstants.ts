/** In place of all of them: what Next's code for browsers reads. A test compares. */
export { NEXT_NAV_DEPLOYMENT_ID_HEADER } from 'next/dist/esm/lib/constants.js'
