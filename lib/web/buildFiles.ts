/**
 * Below `/_next/` there are the files of the build, and nothing else. A request for another file costs Next a whole
 * page that says so; here it costs one look into a map. Each file is sent as the build packed it, which Next would do again
 * on every request. sirv reads the list of files once, and knows ranges, validators and types.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import sirv from 'sirv'

const BUILT = '/_next/'
const FILES = '/_next/static'
/** Seconds: the name of a file changes with what is in it. */
const YEAR = 31_536_000

/**
 * @param buildFolder what `next build` wrote
 * @returns a function that answers requests below `/_next/`, and says whether it has
 */
export function buildFiles(buildFolder: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const send = sirv(path.join(buildFolder, 'static'), {
    brotli: true,
    gzip: true,
    etag: true,
    immutable: true,
    maxAge: YEAR,
    extensions: [],
  })
  return (request, response) => {
    const { url = '', method } = request
    if (!url.startsWith(BUILT)) return false
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Cache-Control': 'no-store' }).end()
      return true
    }
    const refuse = () => {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
      response.end('There is no such file.\n')
    }
    if (!url.startsWith(`${FILES}/`)) refuse()
    else {
      request.url = url.slice(FILES.length)
      send(request, response, refuse)
      request.url = url
    }
    return true
  }
}
