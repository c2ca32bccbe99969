/** The cost of a page from the cache, with a catalog of this size behind it. */
import { Agent, get } from 'node:http'
import type pg from 'pg'
import { percentile } from '../../tools/figures/percentile.ts'
import { waitForSearch, withInstances } from '../lib/instances.ts'
import { someProducts } from '../lib/pages.ts'
import type { Shop } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'
import { cpuMs, untilIdle } from '../serve/processes.ts'

const PAGES = 500
const ROUNDS = 11
const REQUESTS_A_ROUND = 4_000
const READERS = 4

/** As browsers do: plain bytes are kept of the pages that were filled last alone. */
function ask(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { 'accept-encoding': 'gzip, deflate, br' } }, (response) => {
      response.resume()
      response.once('end', () => resolve(String(response.headers['x-cache'])))
    }).once('error', reject)
  })
}

export interface HitTimes {
  /** Milliseconds: the middle one of the rounds' medians. */
  readonly p50: number
  readonly p99: number
  /** Processor time of the instance for a request, in microseconds, which other work on the machine lengthens by little. */
  readonly cpu: number
}

/** @throws when a read was no hit */
export async function hitTimes(
  shop: Shop,
  stores: Pick<BenchStores, 'databaseUrl' | 'redisUrl'>,
  postgres: pg.Client,
): Promise<HitTimes> {
  const agent = new Agent({ keepAlive: true, maxSockets: READERS })
  const pages = (await someProducts(postgres, PAGES)).map(({ path }) => path)
  return withInstances(shop, 1, stores, {}, async ([web]) => {
    if (!web) throw new Error('there is no instance')
    await waitForSearch(web.url)
    for (const page of pages) await ask(agent, web.url + page)
    await untilIdle(web.pid)
    const rounds: number[][] = []
    const cpu: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const ms: number[] = []
      const before = cpuMs(web.pid)
      await Promise.all(
        Array.from({ length: READERS }, async (_, reader) => {
          for (let i = reader; i < REQUESTS_A_ROUND; i += READERS) {
            const start = performance.now()
            const cache = await ask(agent, web.url + (pages[i % pages.length] ?? ''))
            ms.push(performance.now() - start)
            if (!cache.startsWith('HIT')) throw new Error(`a page that was visited before is ${cache}`)
          }
        }),
      )
      rounds.push(ms)
      cpu.push(((cpuMs(web.pid) - before) * 1_000) / REQUESTS_A_ROUND)
    }
    const middle = (share: number) =>
      percentile(
        rounds.map((ms) => percentile(ms, share)),
        0.5,
      )
    return { p50: middle(0.5), p99: middle(0.99), cpu: percentile(cpu, 0.5) }
  }).finally(() => agent.destroy())
}
