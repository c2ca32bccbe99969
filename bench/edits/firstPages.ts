/**
 * Readers of a few pages about the time of a sale, in a thread of their own: the one with a thousand readers is itself late by as much
 * as what is measured.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { type Visit, Visitors } from './visit.ts'

/** Milliseconds from one visit of an address to the next. */
const PAUSE_MS = 25

const plan = z.object({ urls: z.array(z.string()), fromMs: z.number(), untilMs: z.number() })

/** A visit of an address, in the milliseconds of the caller's `performance.now`. */
export interface FirstVisit extends Visit {
  readonly url: string
}

/**
 * @param urls each is visited by one reader
 * @param from by `performance.now`, as `until`
 * @returns all visits, in the order of their starts at each address
 */
export async function visitAround(urls: readonly string[], from: number, until: number): Promise<FirstVisit[]> {
  const [fromMs, untilMs] = [from, until].map((ms) => ms + performance.timeOrigin)
  const visits = await new Promise<FirstVisit[]>((resolve, reject) => {
    const worker = new Worker(import.meta.filename, { workerData: { urls, fromMs, untilMs } })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return visits.map((visit) => ({ ...visit, start: visit.start - performance.timeOrigin }))
}

/** Clocks of threads begin at different times: `start` is in milliseconds since 1970 here. */
async function visitAll({ urls, fromMs, untilMs }: z.infer<typeof plan>): Promise<FirstVisit[]> {
  const visitors = new Visitors()
  const now = () => performance.timeOrigin + performance.now()
  const visits = await Promise.all(
    urls.map(async (url, i) => {
      const own: FirstVisit[] = []
      await wait(fromMs - now() + (i * PAUSE_MS) / urls.length)
      while (now() < untilMs) {
        const visit = await visitors.visit(url, () => false)
        own.push({ ...visit, url, start: visit.start + performance.timeOrigin })
        await wait(Math.max(0, PAUSE_MS - visit.ms))
      }
      return own
    }),
  )
  visitors.close()
  return visits.flat()
}

if (!isMainThread) parentPort?.postMessage(await visitAll(plan.parse(workerData)))
