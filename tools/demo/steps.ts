/** The four steps of the demo. Each prints what it does and what it measured, and returns the measurements. */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { createRedis } from '#lib/platform/redisClient.ts'
import type { DemoShop } from './demoShop.ts'
import { Editor, productsNow, raiseWithSql, type Answered, type Product } from './editor.ts'
import { layersOf, versionOnPage, watch, type Edited, type Lag } from './layers.ts'
import { duration, terminalScreen, type Screen } from './screen.ts'

export interface Measured {
  readonly step: string
  /** The event in a few words, and its duration. */
  readonly facts: readonly (readonly [what: string, ms: number | undefined])[]
  readonly lags: readonly Lag[]
}

/** The contents of one page while something was broken. */
interface Seen {
  readonly where: string
  readonly version: number | undefined
  readonly ms: number
}

export interface Tour {
  oneEdit(): Promise<Measured>
  bulkEdit(): Promise<Measured>
  brokenRedis(): Promise<Measured & { readonly state: Answered['state']; readonly seen: readonly Seen[] }>
  killedWorker(): Promise<Measured & { readonly openRows: number; readonly state: Answered['state'] }>
  close(): Promise<void>
}

const BULK = 300
const WITHIN_MS = 60_000
const ASK_AGAIN_MS = 50
/** A delivery that is over sooner cannot be interrupted. */
const UNDER_WAY_WITHIN_MS = 2_000

const lastOf = (lags: readonly Lag[]) =>
  lags.some(({ ms }) => ms === undefined) ? undefined : Math.max(...lags.map(({ ms }) => ms ?? 0))

/** Signs in and opens the connections that the measurements need. */
export async function openTour(shop: DemoShop, signal: AbortSignal, screen: Screen = terminalScreen): Promise<Tour> {
  const { heading, liveTable, table } = screen
  // After Ctrl-C a step says nothing more: what it sees then is a shop that stops.
  const whileRunning = (print: (text: string) => void) => (text: string) => {
    signal.throwIfAborted()
    print(text)
  }
  const [line, fact] = [whileRunning(screen.line), whileRunning(screen.fact)]
  const [address = shop.url] = shop.instances
  const database = new Client({ connectionString: shop.databaseUrl })
  database.on('error', () => undefined) // the query under way reports it
  await database.connect()
  const redis = createRedis(shop.redisUrl, 'demo', { withinMs: 2_000 })
  redis.on('error', () => undefined) // the command under way reports it
  if (redis.status !== 'ready') await once(redis, 'ready', { signal })
  const editor = await Editor.signIn(address, new URL(shop.url).origin, shop.account)
  const where = { redis, database, instances: shop.instances, edge: shop.edge }
  const bases: (readonly [name: string, url: string])[] = shop.instances.map((url, i) => [`web ${i + 1}`, url])
  if (shop.edge !== undefined) bases.push(['edge', shop.edge])

  const follow = (edited: readonly Edited[], since: number, onProgress?: (lags: readonly Lag[]) => void) =>
    watch(layersOf(where, edited), { since, withinMs: WITHIN_MS, signal, ...(onProgress && { onProgress }) })

  async function followed(edited: readonly Edited[], since: number): Promise<Lag[]> {
    const lags = await follow(edited, since, liveTable())
    if (lastOf(lags) === undefined) table(lags)
    return lags
  }

  async function firstProduct(): Promise<Product> {
    const [first] = await productsNow(database)
    if (!first) throw new Error('the catalog is empty')
    return first
  }

  /** Pages from the cache: a page that is not there cannot be stale. */
  async function visit(product: Product): Promise<void> {
    for (const [, url] of bases) await versionOnPage(url, product)
  }

  async function look(edited: Edited): Promise<Seen[]> {
    return Promise.all(
      bases.map(async ([name, url]) => {
        const began = performance.now()
        const version = await versionOnPage(url, edited)
        return { where: name, version, ms: performance.now() - began }
      }),
    )
  }

  return {
    async oneEdit() {
      heading('1  One price, changed with plain SQL')
      const product = await firstProduct()
      await visit(product)
      line(`Every page of ${product.slug} is in the cache, at version ${product.version}.`)
      line('UPDATE prices SET amount_cents = amount_cents + 1 …   past the application.')
      const { edited, at } = await raiseWithSql(database, [product])
      const lags = await followed(edited, at)
      fact(`Version ${edited[0]?.version} is in every layer ${duration(lastOf(lags))} after the commit.`)
      return { step: 'one price with SQL', facts: [], lags }
    },

    async bulkEdit() {
      const products = (await productsNow(database)).slice(0, BULK)
      heading(`2  ${products.length} prices at once, through the admin API`)
      line('POST /api/admin/prices. Of the pages, a sample of 20 is read in each place.')
      line('The answer is “live” when no page can show an older price, else “propagating”: saved, and on its way.')
      const { edited, state, answeredInMs, at } = await editor.raise(address, products, 1)
      fact(`The editor was answered “${state}” after ${duration(answeredInMs)}. Lags count from the answer.`)
      const lags = await followed(edited, at)
      fact(`All layers show the edit ${duration(lastOf(lags))} after the answer.`)
      return { step: `${edited.length} prices through the API`, facts: [[`answered “${state}”`, answeredInMs]], lags }
    },

    async brokenRedis() {
      heading('3  Redis stops answering')
      const product = await firstProduct()
      await visit(product)
      line('The Redis process is paused. Its connections stay open, so nothing fails at once.')
      shop.pauseRedis()
      let answered: Answered
      let seen: Seen[]
      try {
        answered = await editor.raise(address, [product], 1)
        fact(`The editor was answered “${answered.state}” after ${duration(answered.answeredInMs)}.`)
        const [edited = { ...product, version: 0 }] = answered.edited
        seen = await look(edited)
        for (const one of seen) {
          const right = one.version === undefined ? 'no page' : one.version >= edited.version ? 'right' : 'old'
          fact(
            `${one.where.padEnd(6)} shows version ${one.version ?? '–'} of ${edited.version}: ${right}, ${duration(one.ms)}.`,
          )
        }
      } finally {
        await shop.resumeRedis()
      }
      const healed = performance.now()
      line('Redis runs again.')
      const lags = await followed(answered.edited, healed)
      let again = await editor.raise(address, await productsNow(database, [product.id]), 0)
      while (again.state !== 'live' && performance.now() - healed < WITHIN_MS) {
        await wait(ASK_AGAIN_MS, undefined, { signal })
        again = await editor.raise(address, await productsNow(database, [product.id]), 0)
      }
      fact(`All layers are fresh ${duration(lastOf(lags))} after Redis came back; the editor reads “${again.state}”.`)
      const facts: Measured['facts'] = [
        [`answered “${answered.state}”`, answered.answeredInMs],
        ['slowest page without Redis', Math.max(...seen.map(({ ms }) => ms))],
      ]
      return { step: 'Redis paused, then healed', facts, lags, state: answered.state, seen }
    },

    async killedWorker() {
      heading('4  The worker is killed in the middle of a delivery')
      const products = (await productsNow(database)).slice(0, BULK)
      line(`${products.length} prices are changed with SQL. As soon as their delivery is under way: kill -9.`)
      const bulk = await raiseWithSql(database, products)
      const open = async () =>
        Number(
          (await database.query('SELECT 1 FROM outbox WHERE done_at IS NULL AND enqueued_at IS NOT NULL')).rowCount,
        )
      while ((await open()) === 0 && performance.now() - bulk.at < UNDER_WAY_WITHIN_MS) signal.throwIfAborted()
      const openRows = await open()
      const killedAt = performance.now()
      const { back } = shop.killWorker()
      fact(
        openRows > 0
          ? `Killed ${duration(killedAt - bulk.at)} after the commit, with ${openRows} outbox row not delivered.`
          : 'The delivery was over before the worker was killed.',
      )
      const product = await firstProduct()
      const answered = await editor.raise(address, [product], 1)
      const [edited = product] = answered.edited
      const fresh = (await look(edited)).every(({ version }) => (version ?? 0) >= edited.version)
      fact(
        `Without a worker an edit is answered “${answered.state}”; its page is ${fresh ? 'fresh' : 'old'} at the next request.`,
      )
      const latest = bulk.edited.map((one) => (one.id === edited.id ? edited : one))
      const watching = follow(latest, killedAt)
      // Its failure is reported by the `await` below, also when `back` fails first.
      watching.catch(() => undefined)
      const backMs = await back
      fact(`The supervisor of the shop has started another worker: it answers ${duration(backMs)} after the kill.`)
      const lags = await watching
      table(lags)
      fact(`Nothing is lost: all layers are fresh ${duration(lastOf(lags))} after the kill.`)
      return {
        step: 'worker killed',
        facts: [['another worker answers', backMs]],
        lags,
        openRows,
        state: answered.state,
      }
    },

    async close() {
      redis.disconnect()
      await database.end()
    },
  }
}
