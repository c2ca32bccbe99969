/**
 * Below `/_next/` there is what the build made, and nothing else. What is asked for and was not made costs Next a whole
 * page that says so; here it costs one look into a set. Pictures are not resized: they are drawings.
 */
import { readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'

const FOLDER = '/_next/'

export class BuildFiles {
  readonly #addresses: ReadonlySet<string>

  /** @param buildFolder what `next build` wrote */
  constructor(buildFolder: string) {
    const folder = path.join(buildFolder, 'static')
    this.#addresses = new Set(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
        .map((file) => `${FOLDER}static/${file}`),
    )
  }

  /** @returns whether the request was for a file that there is not, and so answered */
  refuse({ url = '' }: IncomingMessage, response: ServerResponse): boolean {
    if (!url.startsWith(FOLDER)) return false
    const [address = ''] = url.split('?', 1)
    if (this.#addresses.has(decodeURIComponent(address))) return false
    response
      .writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
      .end('There is no such file.\n')
    return true
  }
}
