/** Next's own types name the CommonJS files alone. */
declare module 'next/dist/esm/lib/constants.js' {
  export const NEXT_NAV_DEPLOYMENT_ID_HEADER: string
}
declare module 'next/dist/esm/shared/lib/utils.js' {
  export { getLocationOrigin, isAbsoluteUrl } from 'next/dist/shared/lib/utils'
}
