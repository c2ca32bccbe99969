/** A Postgres and a Redis of a test's own, as real processes: they stop, and start again on the same port with the same data. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Child, type ChildSpec } from '../../tools/run/child.ts'
import { Ledger } from '../../tools/run/ledger.ts'
import { postgresReady, postgresSpec, postgresUrl } from '../../tools/services/postgres.ts'
import { prepareCluster } from '../../tools/services/postgresCluster.ts'
import { redisServer } from '../lease/servers/redisServer.ts'
import { freePort } from '../../tools/run/ports.ts'

export interface OwnStore {
  readonly url: string
  /**
   * Returns when the process has ended. Of Postgres: SIGINT is `pg_ctl stop -m fast`, SIGQUIT `-m immediate`, which leaves
   * the recovery to the next start.
   */
  stop(signal: NodeJS.Signals): Promise<void>
  /** Returns when it answers. */
  start(): Promise<void>
  close(): Promise<void>
}

/** @param pidOf of the process that takes the signal, while it runs */
function ownStore(
  url: string,
  folder: string,
  spec: ChildSpec,
  ready: (child: Child) => Promise<void>,
  pidOf: () => number,
): OwnStore {
  const ledger = new Ledger(folder)
  let child: Child | undefined
  return {
    url,
    async start() {
      child = new Child(spec, ledger)
      await ready(child)
    },
    async stop(signal) {
      process.kill(pidOf(), signal)
      await child?.ended
    },
    async close() {
      await child?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ownFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `evergreen-${name}-`))
  chmodSync(folder, 0o755) // Postgres may run as another account
  return folder
}

/** Keeps what it has confirmed, as the server of a shop does. @param settings beside those of the shop */
export async function ownPostgres(settings?: Readonly<Record<string, string>>): Promise<OwnStore> {
  const folder = ownFolder('postgres')
  const [cluster, port] = [prepareCluster(folder), await freePort()]
  const url = postgresUrl(cluster, port)
  const store = ownStore(
    url,
    folder,
    postgresSpec(cluster, { dataFolder: folder, port, durable: true, settings }),
    (child) => postgresReady(child, url, folder),
    () => Number(readFileSync(path.join(cluster.folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]),
  )
  await store.start()
  return store
}

/** The same of Redis. */
export const ownRedis = (): Promise<OwnStore> => redisServer()
