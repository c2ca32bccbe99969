import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { SetupError } from '../progress.mjs'

export interface Account {
  readonly uid: number
  readonly gid: number
}

const NAME = 'postgres'

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, '--', name], { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

function existing(name: string): Account | undefined {
  const [uid, gid] = [idOf('-u', name), idOf('-g', name)]
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * The account that RUN_AS names, for processes that root starts.
 * @param folders that the processes read
 * @throws {SetupError} when this process may not start others as it, there is none, it is root, or it cannot reach a folder
 */
export function accountOf(name: string, folders: readonly string[]): Account {
  if (process.getuid?.() !== 0)
    throw new SetupError(`RUN_AS is "${name}", and only root can run processes as another account: unset it.`)
  const account = existing(name)
  if (account === undefined) throw new SetupError(`RUN_AS names the account "${name}", and there is none: make it.`)
  if (account.uid === 0) throw new SetupError('RUN_AS names root: name an account with no rights of its own.')
  const closed = folders.find((folder) => !canReach(realpathSync(folder), account))
  if (closed !== undefined)
    throw new SetupError(
      `RUN_AS names the account "${name}", which cannot reach ${closed}: move the shop to a folder that it can enter, such as one below /srv or /opt.`,
    )
  return account
}

/**
 * Postgres refuses to run as root: root runs it as the account `postgres`, which is made where it is missing.
 * @returns undefined for any user but root
 */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const found = existing(NAME)
  if (found !== undefined) return found
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', NAME], // busybox
  ] as const
  for (const [program, ...args] of attempts) {
    if (spawnSync(program, args).status !== 0) continue
    const made = existing(NAME)
    if (made !== undefined) return made
  }
  throw new SetupError(
    `Postgres must not run as root, and the account "${NAME}" for it cannot be made here: make it, or run the command as another user.`,
  )
}

function mayPass(folder: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(folder)
  if (uid === account.uid) return (mode & 0o100) !== 0
  return (mode & (gid === account.gid ? 0o010 : 0o001)) !== 0
}

/** True when the account can walk down to the folder: /root, for one, lets no other account through. */
function canReach(folder: string, account: Account): boolean {
  for (let current = folder; ; current = path.dirname(current)) {
    if (existsSync(current) && !mayPass(current, account)) return false
    if (current === path.dirname(current)) return true
  }
}

/** The folder in place of one that the account cannot reach. The same folder has the same place each time. */
function placeOutside(folder: string): string {
  const place = path.join('/var/lib/evergreen', createHash('sha256').update(folder).digest('hex').slice(0, 12))
  mkdirSync(place, { recursive: true, mode: 0o755 })
  for (const part of ['/var/lib/evergreen', place]) chmodSync(part, 0o755)
  return place
}

/** A folder that the account owns, at `wanted` or, behind a symbolic link from there, where the account can reach it. */
export function ownFolder(wanted: string, account: Account | undefined): string {
  if (account === undefined || canReach(path.dirname(wanted), account)) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 })
    if (account !== undefined) chownSync(wanted, account.uid, account.gid)
    return wanted
  }
  const actual = path.join(placeOutside(wanted), 'data')
  const linked = existsSync(wanted) && realpathSync(wanted) === actual
  // Without the link the data folder was removed, in order to begin anew.
  if (!linked) rmSync(actual, { recursive: true, force: true })
  mkdirSync(actual, { recursive: true, mode: 0o700 })
  chownSync(actual, account.uid, account.gid)
  if (!linked) {
    rmSync(wanted, { recursive: true, force: true })
    symlinkSync(actual, wanted)
  }
  return actual
}

/** Programs that the account can run: where they are, or a copy of them. */
export function reachablePrograms(folder: string, version: string, account: Account | undefined): string {
  if (account === undefined || canReach(folder, account)) return folder
  const copy = path.join(placeOutside(folder), version)
  if (!existsSync(copy)) {
    const unfinished = `${copy}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true })
    renameSync(unfinished, copy)
  }
  return copy
}
