/**
 * The Postgres of a chaos run: it stops and starts again, its disk gets full, and a standby takes its place, again and again. A proxy in
 * front keeps its address.
 */
import { execFile } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { Child } from '../../tools/run/child.ts'
import { Ledger } from '../../tools/run/ledger.ts'
import { ownFolder } from '../../tools/services/account.ts'
import { postgresReady, postgresSpec, postgresUrl } from '../../tools/services/postgres.ts'
import { type Cluster, prepareCluster, USER } from '../../tools/services/postgresCluster.ts'
import { freezePostgres } from '../lease/servers/frozenPostgres.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { type SmallDisk, smallDisk } from '../lease/servers/smallDisk.ts'
import { switchingProxy } from '../lease/servers/switchingProxy.ts'
import { until } from '../lease/servers/until.ts'
import { freePort } from '../../tools/run/ports.ts'

/** Of WAL: a standby that is made while the shop writes finds the beginning of it. */
const SETTINGS = { wal_keep_size: '128MB', max_wal_size: '128MB', min_wal_size: '32MB' }

export interface ChaosPostgres {
  /** Of the primary of now. */
  readonly url: string
  /** Of the primary. @throws where it was started without */
  readonly disk: SmallDisk
  /** Returns when the primary has ended: SIGINT is `pg_ctl stop -m fast`, SIGQUIT `-m immediate`, which leaves a recovery. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** Returns when the primary answers; starts it where it has ended. */
  start(): Promise<void>
  /** All of its processes stand still and keep their connections, until `resume`; then they do what they were sent. */
  pause(): Promise<void>
  resume(): Promise<void>
  /**
   * Makes a standby, kills the primary and promotes the standby, on a new timeline. It has each commit that was answered.
   * @returns brings new connections to it
   */
  promote(): Promise<() => void>
  close(): Promise<void>
}

interface Server {
  readonly folder: string
  readonly cluster: Cluster
  readonly port: number
  readonly url: string
  readonly disk: SmallDisk | undefined
  child: Child
}

/** Files that go while they are copied are written again from WAL. */
function copy(from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('cp', ['-a', `${from}/.`, to], { env: { ...process.env, LC_ALL: 'C' } }, (error, _stdout, stderr) => {
      const problems = stderr.split('\n').filter((line) => line && !line.endsWith('No such file or directory'))
      if (problems.length > 0) reject(new Error(problems.join('\n'), { cause: error }))
      else resolve()
    })
  })
}

/** @param diskMegabytes of a disk of its own for each server */
export async function chaosPostgres({ diskMegabytes }: { diskMegabytes?: number | undefined }): Promise<ChaosPostgres> {
  const newFolder = () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-postgres-'))
    chmodSync(folder, 0o755) // Postgres may run as another account
    return {
      folder,
      disk: diskMegabytes === undefined ? undefined : smallDisk(path.join(folder, 'postgres'), diskMegabytes),
    }
  }
  const spawned = ({ folder, cluster, port }: Pick<Server, 'folder' | 'cluster' | 'port'>): Child => {
    const spec = postgresSpec(cluster, { dataFolder: folder, port, durable: true })
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    return new Child({ ...spec, args: [...spec.args, ...settings] }, new Ledger(folder))
  }
  const serverOf = (cluster: Cluster, port: number, place: ReturnType<typeof newFolder>): Server => {
    const server = { ...place, cluster, port, url: postgresUrl(cluster, port) }
    return { ...server, child: spawned(server) }
  }
  const remove = async ({ child, disk, folder }: Server) => {
    child.kill()
    await child.ended
    disk?.remove()
    rmSync(folder, { recursive: true, force: true })
  }

  const place = newFolder()
  let primary = serverOf(prepareCluster(place.folder), await freePort(), place)
  await postgresReady(primary.child, primary.url, primary.folder)
  const proxy = await switchingProxy({ host: '127.0.0.1', port: primary.port })

  let goOn: (() => Promise<void>) | undefined
  async function resume(): Promise<void> {
    await goOn?.()
    goOn = undefined
  }

  /** Follows the primary, which answers from now on no commit that the standby does not have. */
  async function standby(): Promise<Server> {
    const { account, password } = primary.cluster
    const next = newFolder()
    const cluster = { ...primary.cluster, folder: ownFolder(path.join(next.folder, 'postgres'), account) }
    const data = path.join(cluster.folder, 'cluster')
    mkdirSync(data, { mode: 0o700 })
    const backup = new pg.Client({ connectionString: primary.url })
    await backup.connect()
    await backup.query("SELECT pg_backup_start('standby', true)")
    await copy(path.join(primary.cluster.folder, 'cluster'), data)
    const { rows } = await backup.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    await backup.end()
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(path.join(data, name), { force: true })
    // It streams all of it.
    for (const name of readdirSync(path.join(data, 'pg_wal')))
      rmSync(path.join(data, 'pg_wal', name), { recursive: true, force: true })
    const settings = `host=127.0.0.1 port=${primary.port} user=${USER} password=${password}`
    appendFileSync(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${settings}'\n`)
    for (const [name, text] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
    ] as const) {
      const file = path.join(data, name)
      writeFileSync(file, text)
      if (account) chownSync(file, account.uid, account.gid)
    }
    if (account) chownSync(data, account.uid, account.gid)
    const server = serverOf(cluster, await freePort(), next)
    const { url } = primary
    await until('the standby streams', async () => {
      if (server.child.howEnded !== undefined) throw new Error(server.child.tail())
      return (await query(url, "SELECT FROM pg_stat_replication WHERE state = 'streaming'")).length > 0
    })
    await query(url, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    await query(url, 'SELECT pg_reload_conf()')
    await until('the standby is waited for', async () => {
      return (await query(url, "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).length > 0
    })
    const [written] = await query<{ lsn: string }>(url, 'SELECT pg_current_wal_lsn() AS lsn')
    await until('the standby has what was written before', async () => {
      const have = 'SELECT FROM pg_stat_replication WHERE flush_lsn >= $1::pg_lsn'
      return (await query(url, have, [written?.lsn])).length > 0
    })
    return server
  }

  return {
    url: postgresUrl(primary.cluster, proxy.port),
    get disk() {
      if (!primary.disk) throw new Error('this Postgres was started without a disk of its own')
      return primary.disk
    },
    async stop(signal) {
      const { pid, howEnded } = primary.child
      if (pid !== undefined && howEnded === undefined) process.kill(pid, signal)
      await primary.child.ended
    },
    async start() {
      if (primary.child.howEnded !== undefined) primary.child = spawned(primary)
      await postgresReady(primary.child, primary.url, primary.folder)
    },
    async pause() {
      goOn = await freezePostgres(primary.url)
    },
    resume,
    async promote() {
      const next = await standby()
      await remove(primary)
      primary = next
      await query(next.url, 'SELECT pg_promote()')
      await until('the standby takes writes', async () => {
        const [row] = await query<{ recovering: boolean }>(next.url, 'SELECT pg_is_in_recovery() AS recovering')
        return row?.recovering === false
      })
      return () => proxy.switchTo({ host: '127.0.0.1', port: next.port })
    },
    async close() {
      await resume()
      await proxy.close()
      await remove(primary)
    },
  }
}
