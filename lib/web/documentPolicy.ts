/**
 * The policy of what the document of a page may run and load. A cached page is the same for all visitors, so its inline scripts are allowed by their
 * hashes, once for each filling. A document that Next writes for one request gets a nonce.
 */
import { hash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { documentPolicy } from '#lib/platform/http/securityHeaders.ts'

/** Of an answer, as `securityHeaders` spells it; Next reads the nonce from that of a request. */
const POLICY = 'content-security-policy'
const OFFICE = /^\/admin(?:[/?]|$)/
/** The page that Next shows where the frame of a page has failed; its styles stand in the document. */
const FAILED = '/_global-error'
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" }
/** Answers of Next that are no page. */
const NO_DOCUMENT = /^\/(?:api|_next|images|og|sitemaps)\//

const SCRIPT = '<script'
const SCRIPT_END = '</script>'
const FLIGHT_START = '(self.__next_f=self.__next_f||[]).push([0])'
/** Calls with one argument, which is JSON: nothing else can hide in them. */
const CALLS = [
  /^self\.__next_f\.push\((.*)\)$/s,
  /^\(globalThis\["TURBOPACK"\] \|\| \(globalThis\["TURBOPACK"\] = \[\]\)\)\.push\((.*)\);?$/s,
]

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Whether it is a script as Next writes it for each page: what a stranger could smuggle into a page is not. */
function isOfNext(script: Buffer): boolean {
  const text = script.toString('latin1')
  return text === FLIGHT_START || CALLS.some((call) => isJson(call.exec(text)?.[1] ?? ''))
}

/** The inline scripts of a document that a browser would run. */
function* inlineScripts(html: Buffer): Generator<Buffer> {
  for (let at = html.indexOf(SCRIPT); at >= 0; at = html.indexOf(SCRIPT, at)) {
    const from = html.indexOf('>', at) + 1
    const end = html.indexOf(SCRIPT_END, from)
    if (from === 0 || end < 0) return
    const tag = html.toString('latin1', at, from)
    if (!/\s(?:src|type)=/.test(tag)) yield html.subarray(from, end)
    at = end
  }
}

function hashOf(script: Buffer): string {
  return `'sha256-${hash('sha256', script, 'base64')}'`
}

/** Scripts that stand in pages of the build and are none of Next's calls: they are the same in each page of the store, or of the office. */
function builtScripts(buildFolder: string): {
  readonly store: ReadonlySet<string>
  readonly office: ReadonlySet<string>
} {
  const folder = path.join(buildFolder, 'server', 'app')
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
  const hashesOf = (page: string) =>
    [...inlineScripts(readFileSync(path.join(folder, page)))].filter((script) => !isOfNext(script)).map(hashOf)
  const isOffice = (page: string) => /^admin[./\\]/.test(page)
  return {
    store: new Set(pages.filter((page) => !isOffice(page)).flatMap(hashesOf)),
    office: new Set(pages.filter(isOffice).flatMap(hashesOf)),
  }
}

/** The styles of the page that Next shows in place of one that it could not make, in elements and in attributes. */
function stylesOfFailure(buildFolder: string): readonly string[] {
  const html = readFileSync(path.join(buildFolder, 'server', 'app', `${FAILED}.html`), 'utf8')
  const found = [...html.matchAll(/<style>(.*?)<\/style>| style="([^"]*)"/gs)]
  const styles = found.map(
    ([, element, attribute = '']) =>
      element ?? attribute.replaceAll(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity),
  )
  return [...new Set(styles)].map((style) => hashOf(Buffer.from(style)))
}

export class DocumentPolicy {
  readonly #built: ReturnType<typeof builtScripts>
  /** Which scripts of a template are Next's calls, in their order. */
  readonly #ofNext = new WeakMap<object, readonly boolean[]>()
  readonly #failureStyles: readonly string[]

  /** @param buildFolder what `next build` wrote */
  constructor(buildFolder: string) {
    this.#built = builtScripts(buildFolder)
    this.#failureStyles = stylesOfFailure(buildFolder)
  }

  /**
   * @param html the whole document, of the store
   * @param template what it was filled from. Documents of one template differ in values that were written for their places, so what
   *   is a call in one is a call in each
   * @returns the headers that let its own scripts run
   */
  ofDocument(html: Buffer, template: object = html): Readonly<Record<string, string>> {
    const scripts = [...inlineScripts(html)]
    let ofNext = this.#ofNext.get(template)
    if (ofNext?.length !== scripts.length) this.#ofNext.set(template, (ofNext = scripts.map(isOfNext)))
    const hashes = new Set<string>()
    for (const [i, script] of scripts.entries()) {
      const own = hashOf(script)
      if (ofNext[i] || this.#built.store.has(own)) hashes.add(own)
    }
    return { [POLICY]: documentPolicy(hashes) }
  }

  /** For what Next answers: it puts the nonce of the request's own policy into each script that it writes. */
  letNextWrite(request: IncomingMessage, response: ServerResponse): void {
    delete request.headers[POLICY]
    delete request.headers[`${POLICY}-report-only`]
    const { url = '' } = request
    if (NO_DOCUMENT.test(url)) return
    const nonce = `'nonce-${randomBytes(16).toString('base64')}'`
    const isOffice = OFFICE.test(url)
    const scripts = [nonce, ...this.#built[isOffice ? 'office' : 'store']]
    const header = documentPolicy(scripts, { isOffice })
    request.headers[POLICY] = header
    response.setHeader(POLICY, header)
    response.writeHead = new Proxy(response.writeHead, {
      apply: (write, self, args: Parameters<typeof response.writeHead>) => {
        if (args[0] >= 500 || url.startsWith(FAILED))
          response.setHeader(POLICY, documentPolicy(scripts, { styles: this.#failureStyles }))
        return Reflect.apply(write, self, args)
      },
    })
  }
}
