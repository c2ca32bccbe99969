import type { IncomingHttpHeaders } from 'node:http'

/** The headers of a request to Node's server, as everything that is made for `fetch` reads them. */
export function headersOf(headers: IncomingHttpHeaders): Headers {
  return new Headers(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    ),
  )
}
