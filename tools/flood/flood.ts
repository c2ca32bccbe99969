/** Floods a shop of this machine with one attack after the other, while a reader measures hits of the page cache. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { z } from 'zod'
import { percentile } from '../figures/percentile.ts'
import { ATTACKS, run, type Answers, type Attack } from './attacks.ts'

export interface FloodOptions {
  /** The address of a shop on this machine. */
  readonly url: string
  /** A page of it. */
  readonly page: string
  /** The duration of each attack, and of the measurement before them. */
  readonly seconds: number
  readonly readsPerSecond: number
  readonly attacks?: readonly Attack[]
  /** Whether the same clients also flood a bare process, which shows what the clients alone cost. */
  readonly withControl?: boolean
  /** Called with each row as it is measured: long work shows progress. */
  readonly onRow?: (row: FloodRow) => void
}

export interface FloodRow {
  readonly name: string
  readonly clients: number
  readonly answers: Answers
  /** Hits of the shop's pages, while the clients flood it. */
  readonly hits: Hits
  /** Hits of the shop's pages, while the same clients flood a bare process of this machine that answers 429 at once. */
  readonly control?: Hits
}

export interface Hits {
  /** Milliseconds of a hit, in the median and the 99th percentile. */
  readonly p50: number
  readonly p99: number
  /** Hits that were not answered 200. */
  readonly failed: number
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const READER = path.join(import.meta.dirname, 'reader.ts')
const CONTROL = path.join(import.meta.dirname, 'control.ts')
const started = z.object({ port: z.number() })
const reads = z.object({ ms: z.array(z.number()).min(1), failed: z.number() })

async function measure({ url, page, seconds, readsPerSecond }: FloodOptions): Promise<Hits> {
  const reader = fork(READER, [url + page, String(seconds), String(readsPerSecond)])
  const [said] = await once(reader, 'message')
  const { ms, failed } = reads.parse(said)
  return { p50: percentile(ms, 0.5), p99: percentile(ms, 0.99), failed }
}

/** Hits of the shop while `attack` floods `target`. @param from the address of this machine that it comes from */
async function measureBeside(options: FloodOptions, attack: Attack, target: string, from: string) {
  const end = new AbortController()
  const attacking = run(attack, target, from, end.signal)
  const hits = await measure(options)
  end.abort()
  return { hits, answers: await attacking }
}

/** The clients of `attack` flood a bare process. */
async function control(options: FloodOptions, attack: Attack, from: string): Promise<Hits> {
  const child = fork(CONTROL)
  const [said] = await once(child, 'message')
  const { hits } = await measureBeside(options, attack, `http://127.0.0.1:${started.parse(said).port}`, from)
  child.disconnect()
  await once(child, 'exit')
  return hits
}

/**
 * The first row is of the shop at rest.
 * @throws {Error} when `url` is not on this machine: a flood is for one's own shop
 */
export async function flood(options: FloodOptions): Promise<FloodRow[]> {
  const { url, page, attacks = ATTACKS, withControl = false, onRow = () => undefined } = options
  if (!LOOPBACK.has(new URL(url).hostname)) throw new Error(`${url} is not on this machine: nothing else is flooded.`)
  for (let i = 0; i < 50; i++) await (await fetch(url + page)).text()
  const rows: FloodRow[] = []
  const add = (row: FloodRow) => {
    rows.push(row)
    onRow(row)
  }
  add({ name: 'nothing', clients: 0, answers: new Map(), hits: await measure(options) })
  for (const [i, attack] of attacks.entries()) {
    // A network of its own, which has used up nothing yet.
    const from = `127.0.2.${i + 1}`
    const beside = withControl ? { control: await control(options, attack, from) } : {}
    add({ name: attack.name, clients: attack.clients, ...(await measureBeside(options, attack, url, from)), ...beside })
  }
  return rows
}
