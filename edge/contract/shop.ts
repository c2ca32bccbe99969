/** A shop of one page, as an edge sees it: it names its versions and counts how often it was asked. */
import { once } from 'node:events'
import { createServer } from 'node:http'

export const PATH = '/en/products/mug'
export const PRODUCT = 42

export interface OnePageShop {
  readonly url: string
  version: number
  status: number
  /** True while the shop cannot confirm its page: the stores are away. */
  unconfirmed: boolean
  /** The new address of the page: the answer is a redirect. */
  movedTo: string | undefined
  readonly asked: () => number
  /** False while the shop is too busy to answer the probes of an edge. */
  answersProbes: boolean
  readonly probed: () => number
  /** The tags of other pages, `7@3` for each path; they say the same as the page where nothing is set. */
  readonly others: Map<string, string>
  /** Answers that are begun now wait until `go`: a render that began before an edit. */
  hold(): { go(): void }
  stop(): Promise<void>
}

export async function onePageShop(): Promise<OnePageShop> {
  let [asked, probed] = [0, 0]
  let held: Promise<void> | undefined
  const shop: Pick<OnePageShop, 'version' | 'status' | 'unconfirmed' | 'movedTo' | 'answersProbes'> = {
    version: 1,
    status: 200,
    unconfirmed: false,
    movedTo: undefined,
    answersProbes: true,
  }
  const others = new Map<string, string>()
  const server = createServer((request, response) => {
    if (request.url === '/api/health') {
      probed++
      return void (shop.answersProbes && response.end('ok'))
    }
    asked++
    const { version, status, unconfirmed, movedTo } = shop
    void (held ?? Promise.resolve()).then(() => {
      response.writeHead(status, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': unconfirmed ? 'no-store' : 'no-cache, must-revalidate',
        'x-cache': unconfirmed ? 'STALE l1' : 'HIT l1',
        etag: `"${version}"`,
        'cache-tag': `price:${PRODUCT},price:${PRODUCT}@${version}`,
        ...(movedTo !== undefined && { location: movedTo }),
      })
      response.end(
        `<html><meta name="price-version" content="${others.get(request.url ?? '') ?? `${PRODUCT}@${version}`}"></html>`,
      )
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the shop has no port')
  return Object.assign(shop, {
    url: `http://127.0.0.1:${address.port}`,
    asked: () => asked,
    probed: () => probed,
    others,
    hold() {
      let go = () => {}
      held = new Promise((resolve) => (go = resolve))
      return {
        go() {
          held = undefined
          go()
        },
      }
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
