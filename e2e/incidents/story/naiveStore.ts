/** A store whose router and whose documents may be kept for five minutes, as was usual: a list with a live price, and a product. */
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface NaiveStore {
  readonly listUrl: string
  /** The path of the product, as its links have it. */
  readonly path: string
  /** @returns the version of the price from now on */
  edit(): number
  close(): Promise<void>
}

/** Milliseconds from one look at the live price of the list to the next. */
const LIVE_MS = 300

/** Payloads that were loaded ahead or visited are shown again as they were. */
const ROUTER = `
const kept = new Map([[location.pathname, document.querySelector('main').innerHTML]])
const load = async (path) => {
  if (!kept.has(path)) kept.set(path, await (await fetch(path + '?_rsc=1')).text())
  return kept.get(path)
}
const show = async (path) => { document.querySelector('main').innerHTML = await load(path) }
addEventListener('popstate', () => show(location.pathname))
addEventListener('mouseover', ({ target }) => { if (target.closest('a')) load(target.closest('a').pathname) })
addEventListener('click', (event) => {
  const link = event.target.closest('a')
  if (!link) return
  event.preventDefault()
  history.pushState(null, '', link.pathname)
  show(link.pathname)
})
setInterval(async () => {
  const version = await (await fetch('/live')).text()
  const price = document.querySelector('article [data-price-version]')
  if (price) price.dataset.priceVersion = price.textContent = version
}, ${LIVE_MS})`

/** @param productId that its prices say they are of */
export async function naiveStore(productId: number): Promise<NaiveStore> {
  let version = 1
  const path = '/products/chair'
  const price = () => `<b data-product-id="${productId}" data-price-version="${version}">${version}</b>`
  const mains: Readonly<Record<string, () => string>> = {
    '/': () => `<article><a href="${path}">Chair</a> ${price()}</article>`,
    [path]: () => `<h1>Chair</h1>${price()}`,
  }
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    const main = mains[pathname]?.()
    if (main === undefined) return void response.setHeader('cache-control', 'no-store').end(String(version))
    response.setHeader('cache-control', 'private, max-age=300').setHeader('content-type', 'text/html')
    response.end(search === '' ? `<!doctype html><main>${main}</main><script>${ROUTER}</script>` : main)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    listUrl: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`,
    path,
    edit: () => ++version,
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
