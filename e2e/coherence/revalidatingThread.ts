/** The thread of `revalidating.ts`: asks for pages that it holds, and passes on what it was told. */
import { setTimeout as wait } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Client, ReadFailure } from './client.ts'
import type { Reading } from './readings.ts'
import { type Assignment, clockOffset, type RevalidatingReader, type Row } from './revalidating.ts'

/** As many as a browser has: what one brings is held for all. */
const CONNECTIONS = 6
/** Milliseconds from a question to the next one on its connection, when the edge answered from its memory: that costs it 0.05 ms. */
const NEXT_MS = 26
/** Milliseconds after any other answer: it was work of a web instance, or there was none. So that faults heal as fast as without these readers. */
const REST_MS = 300
/** A page that the edge keeps from here on is another answer from memory. */
const KEPT = /^(HIT|MISS) edge$/
const PASSED_ON_EVERY_MS = 100

const { readers, clock }: Assignment = workerData
const own = clockOffset()
/** To the clock of the thread that judges: no read starts later than it did, or ends earlier. */
const [fromStart, fromEnd] = [clock.least - own.most, clock.most - own.least]

const main = parentPort
if (!main) throw new Error('this module is a thread of revalidating.ts')
let rows: Row[] = []
const stopping = new AbortController()
main.once('message', () => stopping.abort())

async function revalidate(reader: RevalidatingReader, number: number): Promise<void> {
  const { name, encoding, locale, origins, pages } = reader
  const client = new Client(name, encoding, CONNECTIONS)
  const told = new Map<number, Reading>()
  const ask = async (): Promise<number> => {
    const page = Math.floor(Math.random() * pages.length)
    const origin = origins[Math.floor(Math.random() * origins.length)]
    const asked = pages[page]
    if (!asked || origin === undefined) throw new Error(`${name} has nothing to ask`)
    const began = performance.now()
    const add = (answer: Row['answer'], start = began, end = performance.now()) =>
      rows.push({ reader: number, page, origin, start: start + fromStart, end: end + fromEnd, answer })
    try {
      const { url, start, end, status, cache, reading } = await client.get({ ...asked, origin, locale, ids: [] })
      add({ status, cache, held: told.get(page) === reading ? undefined : { url, reading } }, start, end)
      told.set(page, reading)
      return KEPT.test(cache) ? Math.max(0, NEXT_MS - (end - start)) : REST_MS
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error
      add({ why: error.why, said: error.said, status: error.status })
      return REST_MS
    }
  }
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (!stopping.signal.aborted) await wait(await ask())
    }),
  )
  client.close()
}

function passOn(): void {
  if (rows.length > 0) main?.postMessage(rows, [])
  rows = []
}

const passing = setInterval(passOn, PASSED_ON_EVERY_MS)
await Promise.all(readers.map(revalidate))
clearInterval(passing)
passOn()
