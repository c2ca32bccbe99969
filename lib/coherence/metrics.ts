/** What the caches measure. Counts are kept as plain numbers on the hot path and read when somebody asks. */
import { Counter, Gauge, Histogram } from 'prom-client'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'

type Counts = Readonly<Record<string, number>>

/** Seconds: from a loopback round trip to a time-out. */
const ROUND_TRIP_BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1]
const RENDER_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function indexReadSeconds(): Histogram<'from'> {
  return processSingleton(
    'indexReadSeconds',
    () =>
      new Histogram({
        name: 'evergreen_index_read_seconds',
        help: 'Time of one look-up in the version index, by where the answer came from',
        labelNames: ['from'],
        buckets: ROUND_TRIP_BUCKETS,
        registers: [metrics()],
      }),
  )
}

export function renderSeconds(): Histogram {
  return processSingleton(
    'renderSeconds',
    () =>
      new Histogram({
        name: 'evergreen_page_render_seconds',
        help: 'Time of one render of a page by Next',
        buckets: RENDER_BUCKETS,
        registers: [metrics()],
      }),
  )
}

export function openStreams(): Gauge {
  return processSingleton(
    'openStreams',
    () =>
      new Gauge({
        name: 'evergreen_price_streams',
        help: 'Event streams of open tabs that this process serves',
        registers: [metrics()],
      }),
  )
}

/** Publishes counts that only grow, such as those of a store, under one name. */
export function publishCounts(
  name: string,
  help: string,
  labels: Readonly<Record<string, string>>,
  counts: () => Counts,
): void {
  const sources = processSingleton(`counts.${name}`, () => {
    const published: { labels: Readonly<Record<string, string>>; counts: () => Counts }[] = []
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...Object.keys(labels), 'outcome'],
      registers: [metrics()],
      collect() {
        counter.reset()
        for (const source of published) {
          for (const [outcome, count] of Object.entries(source.counts()))
            counter.inc({ ...source.labels, outcome }, count)
        }
      },
    })
    return published
  })
  sources.push({ labels, counts })
}

/** Publishes how many bytes a store holds in this process. */
export function publishBytes(store: string, bytes: () => number): void {
  const sources = processSingleton('bytes', () => {
    const published = new Map<string, () => number>()
    const gauge: Gauge<'store'> = new Gauge({
      name: 'evergreen_l1_bytes',
      help: 'Bytes of bodies held in this process',
      labelNames: ['store'],
      registers: [metrics()],
      collect() {
        for (const [name, read] of published) gauge.set({ store: name }, read())
      },
    })
    return published
  })
  sources.set(store, bytes)
}

/** @param counts pages that wait for their turn or are rendered now, and those that were made fresh so far */
export function publishWarming(counts: () => { waiting: number; warmed: number }): void {
  processSingleton(
    'warmingWaitingGauge',
    () =>
      new Gauge({
        name: 'evergreen_warming_waiting_pages',
        help: 'Popular pages that wait to be rendered again after an invalidation',
        registers: [metrics()],
        collect() {
          this.set(counts().waiting)
        },
      }),
  )
  processSingleton(
    'warmingCounter',
    () =>
      new Counter({
        name: 'evergreen_warming_pages_total',
        help: 'Popular pages that were made fresh again before somebody asked for them',
        registers: [metrics()],
        collect() {
          this.reset()
          this.inc(counts().warmed)
        },
      }),
  )
}
