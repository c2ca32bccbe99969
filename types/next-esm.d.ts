/** Next's own types name the CommonJS files alone. */
declare module 'next/dist/esm/lib/constants.js' {
  export const NEXT_NAV_DEPLOYMENT_ID_HEADER: string
}
