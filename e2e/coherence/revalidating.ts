/**
 * Readers that hold pages and ask whether they have changed, as browsers and edges do. A 304 says that all of what the reader holds is
 * current: it is a read of each price in it. They ask on threads of their own; the one checker judges them, by the times of their reads.
 *
 * Nothing is lost on the way from a thread. A floor that held when a request was sent was recorded before that moment, and the read
 * arrives after it. Times are of one clock, see `clockOffset`.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Encoding, ReadFailure } from './client.ts'
import type { Ended } from './load.ts'
import type { Reading } from './readings.ts'
import type { HotProduct, Representation, Target } from './targets.ts'

/** Three of four hold documents, the fourth what Next's router loads. */
const HELD: readonly Representation[] = ['html', 'navigation', 'html', 'html']
const PAGES = ['home', 'category', 'category page', 'product'] as const
const SAMPLES = 1_000
/** On a busy machine a thread gets no more than its share of the processor: 2,000 reads a second or so. */
const THREADS = 2

interface HeldPage {
  readonly target: Target
  readonly representation: Representation
}

export interface RevalidatingReader {
  readonly name: string
  /** Each read is at one of them. */
  readonly origins: readonly string[]
  readonly locale: string
  readonly encoding: Encoding
  readonly pages: readonly HeldPage[]
}

export interface ClockOffset {
  readonly least: number
  readonly most: number
}

export interface Assignment {
  readonly readers: readonly RevalidatingReader[]
  readonly clock: ClockOffset
}

/** A read, by the number of its reader and of the page among those that the reader holds. */
export interface Row {
  readonly reader: number
  readonly page: number
  readonly origin: string
  readonly start: number
  readonly end: number
  readonly answer:
    | {
        readonly status: number
        readonly cache: string
        /** What the reader holds from here on; undefined when that is what it held before. */
        readonly held: { readonly url: string; readonly reading: Reading } | undefined
      }
    | { readonly why: string; readonly said: string; readonly status: number | undefined }
}

/** Milliseconds of the clock that all threads have. */
function sharedClock(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}

/** @returns the bounds of what `performance.now()` of this thread is ahead of the clock that all threads have, in milliseconds */
export function clockOffset(): ClockOffset {
  let [least, most] = [-Infinity, Infinity]
  for (let i = 0; i < SAMPLES; i++) {
    const before = sharedClock()
    const here = performance.now()
    least = Math.max(least, here - sharedClock())
    most = Math.min(most, here - before)
  }
  return { least, most }
}

/** @param counts of readers: through the edge, and at the origins, where the last one moves about */
export function revalidatingReaders(
  counts: { readonly edge: number; readonly web: number },
  {
    edge,
    origins,
    locales,
    products,
  }: {
    readonly edge?: string | undefined
    readonly origins: readonly string[]
    readonly locales: readonly string[]
    readonly products: readonly HotProduct[]
  },
): RevalidatingReader[] {
  const targets = new Map<string, Target>()
  for (const product of products)
    for (const target of PAGES.flatMap((kind) => product.targets[kind])) targets.set(target.path, target)
  const some = (count: number, originsOf: (i: number) => readonly string[], encoding: Encoding) =>
    Array.from({ length: count }, (_, i) => {
      const representation = HELD[i % HELD.length] ?? 'html'
      return {
        origins: originsOf(i),
        encoding,
        locale: locales[Math.floor(i / HELD.length) % locales.length] ?? 'en',
        pages: [...targets.values()].map((target) => ({ target, representation })),
      }
    })
  return [
    // As the edge keeps pages: it need not unpack them.
    ...(edge === undefined ? [] : some(counts.edge, () => [edge], 'gzip')),
    ...some(counts.web, (i) => (i === counts.web - 1 ? origins : [origins[i % origins.length] ?? '']), 'br'),
  ].map((reader, i) => ({ ...reader, name: `revalidating reader ${i + 1}` }))
}

export interface Revalidating {
  /** Settles when all have ended. @throws when a thread failed */
  readonly done: Promise<void>
  stop(): void
}

/** @param ended is given each read */
export function revalidate(readers: readonly RevalidatingReader[], ended: (read: Ended) => void): Revalidating {
  const threads = Array.from({ length: THREADS }, (_, i) =>
    revalidateOnThread(
      readers.filter((_reader, number) => number % THREADS === i),
      ended,
    ),
  )
  return {
    done: Promise.all(threads.map(({ done }) => done)).then(() => undefined),
    stop: () => threads.forEach(({ stop }) => stop()),
  }
}

function revalidateOnThread(readers: readonly RevalidatingReader[], ended: (read: Ended) => void): Revalidating {
  const held = new Map<string, { readonly url: string; readonly reading: Reading }>()
  const workerData: Assignment = { readers, clock: clockOffset() }
  const thread = new Worker(new URL('./revalidatingThread.ts', import.meta.url), { workerData })
  thread.on('message', (rows: readonly Row[]) => {
    for (const { reader, page, origin, start, end, answer } of rows) {
      const { name = '', pages = [] } = readers[reader] ?? {}
      const asked = pages[page]
      if (!asked) throw new Error(`reader ${reader} has no page ${page}`)
      const read = { client: name, origin, start, end, ...asked }
      if ('why' in answer) {
        ended({ ...read, answer: new ReadFailure(asked.target.path, answer.why, answer) })
        continue
      }
      const key = `${reader} ${page}`
      if (answer.held) held.set(key, answer.held)
      const holds = held.get(key)
      if (!holds) throw new Error(`${name} holds nothing of ${asked.target.path}`)
      ended({ ...read, answer: { ...answer, ...holds, start, end } })
    }
  })
  return {
    done: once(thread, 'exit').then(([code]) => {
      if (code !== 0) throw new Error(`a thread of revalidating readers ended with ${code}`)
    }),
    stop: () => thread.postMessage('stop', []),
  }
}
