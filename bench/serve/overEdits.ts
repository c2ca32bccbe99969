/** The memory of a web process and its worker while prices are edited and pages are read, and what the stores hold before and after. */
import type { Redis } from 'ioredis'
import type pg from 'pg'
import type { Row } from '../../tools/figures/markdownTable.ts'
import { startWorker } from '../bulk/workers.ts'
import { begun } from '../delivery/site.ts'
import { editorToken } from '../edits/shopFacts.ts'
import { PORT_BASE } from '../lib/instances.ts'
import type { ProductRef } from '../lib/pages.ts'
import type { BenchStores } from '../lib/stores.ts'
import type { RunningServer } from './contestants.ts'
import { editsBesideReads } from './editsBesideReads.ts'
import { ownMemory, usedByRedis } from './ownMemory.ts'
import { residentBytes } from './processes.ts'

const WORKER_PORT = PORT_BASE + 9
/** At equal distances, the last at the end. */
const SAMPLES = 20

interface ProcessMemory {
  readonly resident: number
  /** As `liveHeap` counts. */
  readonly live: number
}

export interface Sample {
  readonly edits: number
  readonly web: ProcessMemory & { readonly external: number; readonly l1: number }
  readonly worker: ProcessMemory
  readonly redis: number
}

export interface OverEdits {
  readonly samples: readonly Sample[]
  /** What editors and readers say. */
  readonly traffic: readonly Row[]
  /** Bytes of each table, before and after. */
  readonly tables: readonly { readonly name: string; readonly before: number; readonly after: number }[]
}

async function tableBytes(postgres: pg.Pool): Promise<ReadonlyMap<string, number>> {
  const { rows } = await postgres.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  )
  return new Map(rows.map(({ name, bytes }) => [name, bytes]))
}

interface Plan {
  readonly web: RunningServer
  readonly stores: BenchStores
  readonly postgres: pg.Pool
  readonly redis: Redis
  /** They are in the caches of the web process. */
  readonly pages: readonly ProductRef[]
  readonly edits: number
}

export async function overEdits({ web, stores, postgres, redis, pages, edits }: Plan): Promise<OverEdits> {
  const token = await editorToken(stores)
  const worker = await startWorker(stores, '', WORKER_PORT, web.url)

  /** Resident memory first: a collection gives some of it back. */
  async function sampled(made: number): Promise<Sample> {
    const [resident, residentWorker] = [residentBytes(web.pid), residentBytes(worker.pid)]
    const { l1 = 0, external = 0 } = (await ownMemory(web.url)) ?? {}
    const sample = {
      edits: made,
      web: { resident, live: await web.heapBytes(), external, l1 },
      worker: { resident: residentWorker, live: await worker.heapBytes() },
      redis: await usedByRedis(redis),
    }
    process.stdout.write(`${JSON.stringify(sample)}\n`)
    return sample
  }

  try {
    await begun(postgres)
    const before = await tableBytes(postgres)
    const samples: Promise<Sample>[] = []
    const edited = (made: number) => {
      if (made % (edits / SAMPLES) === 0) samples.push(sampled(made))
    }
    const traffic = await editsBesideReads({ url: web.url, postgres, token, pages, edits, edited })
    const after = await tableBytes(postgres)
    const tables = Array.from(after, ([name, bytes]) => ({ name, before: before.get(name) ?? 0, after: bytes }))
    return { samples: await Promise.all(samples), traffic, tables }
  } finally {
    await worker.stop()
  }
}
