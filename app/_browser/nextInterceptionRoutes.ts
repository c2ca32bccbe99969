/** Replaces Next's reader of intercepting routes: the shop has none. A test looks. */
export const INTERCEPTION_ROUTE_MARKERS: readonly string[] = []

export const isInterceptionRouteAppPath = () => false

export function extractInterceptionRouteInformation(path: string): never {
  throw new TypeError(`${path} is no intercepting route`)
}
