/**
 * A Postgres primary and a standby that follows it. Replication can be cut, so that commits are lost when the standby is
 * promoted; a proxy in front keeps the address of the shop's database the same.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { Child, type ChildSpec } from '../../../tools/run/child.ts'
import { Ledger } from '../../../tools/run/ledger.ts'
import { ownFolder } from '../../../tools/services/account.ts'
import { postgresReady, postgresSpec, postgresUrl } from '../../../tools/services/postgres.ts'
import { type Cluster, prepareCluster, USER } from '../../../tools/services/postgresCluster.ts'
import { freePort } from '../../../tools/run/ports.ts'
import { switchingProxy, type Target } from './switchingProxy.ts'
import { until } from './until.ts'

export interface PostgresPair {
  /** Through the proxy: the primary, after `promote` the promoted standby. */
  readonly url: string
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** Returns when the standby has everything that the primary has committed so far. */
  caughtUp(): Promise<void>
  /** From now on no commit reaches the standby. */
  cutReplication(): Promise<void>
  /** Kills the primary and makes the standby one, on a new timeline. The proxy is still to be switched. */
  promote(): Promise<void>
  /** The same, with `lock` held first, so that the standby has every commit. @param lock a statement that stops all writers */
  promoteWithoutLoss(lock: string): Promise<void>
  /** New connections through the proxy reach the promoted standby. */
  switchOver(): void
  close(): Promise<void>
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined) // the server is killed on purpose
  try {
    await client.connect()
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A copy of a cluster that has never run, made into a standby of `primary`. */
function standbyOf(primary: Cluster, folder: string, replication: Target): Cluster {
  const standby = { ...primary, folder: ownFolder(path.join(folder, 'standby'), primary.account) }
  const data = path.join(standby.folder, 'cluster')
  // `cp` keeps owner and mode, without which Postgres refuses the folder.
  const { status, stderr } = spawnSync('cp', ['-a', path.join(primary.folder, 'cluster'), data], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the primary could not be copied: ${stderr}`)
  const settings = `host=${replication.host} port=${replication.port} user=${USER} password=${primary.password}`
  appendFileSync(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${settings}'\n`)
  const signal = path.join(data, 'standby.signal')
  writeFileSync(signal, '')
  if (primary.account) chownSync(signal, primary.account.uid, primary.account.gid)
  return standby
}

/** Both running, the database `evergreen` empty. Each keeps what it has confirmed. */
export async function postgresPair(): Promise<PostgresPair> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-pair-'))
  chmodSync(folder, 0o755) // Postgres may run as another account
  const [primaryPort, standbyPort] = [await freePort(), await freePort()]
  const target = (port: number): Target => ({ host: '127.0.0.1', port })
  const replication = await faultProxy(target(primaryPort))
  const primary = prepareCluster(folder)
  const standby = standbyOf(primary, folder, target(replication.port))
  const ledger = new Ledger(folder)
  const start = (name: string, cluster: Cluster, port: number) => {
    const spec: ChildSpec = postgresSpec(cluster, { dataFolder: folder, port, durable: true })
    const logFile = path.join(folder, `logs/${name}.log`)
    // Nothing that the standby has yet to read is thrown away.
    return new Child({ ...spec, name, logFile, args: [...spec.args, '-c', 'wal_keep_size=1GB'] }, ledger)
  }
  const [primaryUrl, standbyUrl] = [postgresUrl(primary, primaryPort), postgresUrl(standby, standbyPort)]
  const first = start('primary', primary, primaryPort)
  await postgresReady(first, primaryUrl, folder)
  const second = start('standby', standby, standbyPort)
  const proxy = await switchingProxy(target(primaryPort))

  async function caughtUp(): Promise<void> {
    const [row] = await query<{ lsn: string }>(primaryUrl, 'SELECT pg_current_wal_lsn() AS lsn')
    await until('the standby has replayed what the primary wrote', async () => {
      if (second.howEnded !== undefined) throw new Error(second.tail())
      const [replayed] = await query<{ done: boolean }>(
        standbyUrl,
        'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done',
        [row?.lsn],
      )
      return replayed?.done === true
    })
  }

  async function promote(): Promise<void> {
    first.kill()
    await first.ended
    await query(standbyUrl, 'SELECT pg_promote()')
    await until('the standby takes writes', async () => {
      const [row] = await query<{ recovering: boolean }>(standbyUrl, 'SELECT pg_is_in_recovery() AS recovering')
      return row?.recovering === false
    })
  }

  await caughtUp()
  return {
    url: postgresUrl(primary, proxy.port),
    primaryUrl,
    standbyUrl,
    caughtUp,
    cutReplication: () => replication.cut(),
    promote,
    async promoteWithoutLoss(lock) {
      const holder = new pg.Client({ connectionString: primaryUrl, connectionTimeoutMillis: 2_000 })
      holder.on('error', () => undefined) // it ends with the primary
      await holder.connect()
      await holder.query('BEGIN')
      await holder.query(lock)
      await caughtUp()
      await promote()
      await holder.end().catch(() => undefined)
    },
    switchOver: () => proxy.switchTo(target(standbyPort)),
    async close() {
      for (const child of [first, second]) {
        child.kill()
        await child.ended
      }
      await proxy.close()
      await replication.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
