/** The constants that Next's code for browsers reads, in place of all of them. A test compares. */
export { NEXT_NAV_DEPLOYMENT_ID_HEADER } from 'next/dist/esm/lib/constants.js'
