/** Floods a shop of this machine with one attack after the other, while a reader measures hits of the page cache. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { z } from 'zod'
import { ATTACKS, run, type Answers, type Attack } from './attacks.ts'

export interface FloodOptions {
  /** Of a shop on this machine. */
  readonly url: string
  /** A page of it. */
  readonly page: string
  /** Of each attack, and of the measurement before them. */
  readonly seconds: number
  readonly readsPerSecond: number
  readonly attacks?: readonly Attack[]
  /** Called with each row as it is measured: long work shows progress. */
  readonly onRow?: (row: FloodRow) => void
}

export interface FloodRow {
  readonly name: string
  readonly clients: number
  readonly answers: Answers
  /** Milliseconds of a hit, in the median and the 99th percentile. */
  readonly p50: number
  readonly p99: number
  /** Hits that were not answered 200. */
  readonly failed: number
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const READER = path.join(import.meta.dirname, 'reader.ts')
const reads = z.object({ ms: z.array(z.number()).min(1), failed: z.number() })

async function measure({ url, page, seconds, readsPerSecond }: FloodOptions) {
  const reader = fork(READER, [url + page, String(seconds), String(readsPerSecond)])
  const [said] = await once(reader, 'message')
  const { ms, failed } = reads.parse(said)
  const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? 0
  return { p50: at(0.5), p99: at(0.99), failed }
}

/**
 * The first row is of the shop at rest.
 * @throws {Error} when `url` is not on this machine: a flood is for one's own shop
 */
export async function flood(options: FloodOptions): Promise<FloodRow[]> {
  const { url, page, attacks = ATTACKS, onRow = () => undefined } = options
  if (!LOOPBACK.has(new URL(url).hostname)) throw new Error(`${url} is not on this machine: nothing else is flooded.`)
  for (let i = 0; i < 50; i++) await (await fetch(url + page)).text()
  const rows: FloodRow[] = []
  const add = (row: FloodRow) => {
    rows.push(row)
    onRow(row)
  }
  add({ name: 'nothing', clients: 0, answers: new Map(), ...(await measure(options)) })
  for (const [i, attack] of attacks.entries()) {
    const end = new AbortController()
    // A network of its own, which has used up nothing yet.
    const attacking = run(attack, url, `127.0.2.${i + 1}`, end.signal)
    const measured = await measure(options)
    end.abort()
    add({ name: attack.name, clients: attack.clients, answers: await attacking, ...measured })
  }
  return rows
}
