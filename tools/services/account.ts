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

function idOf(flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

function existing(): Account | undefined {
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * Postgres refuses to run as root: root runs it as the account `postgres`, which is made where it is missing.
 * @returns undefined for everybody who is not root
 */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const found = existing()
  if (found !== undefined) return found
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', NAME], // busybox
  ] as const
  for (const [program, ...args] of attempts) {
    if (spawnSync(program, args).status !== 0) continue
    const made = existing()
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

/** Where an account that cannot reach `folder` keeps what belongs there. The same folder has the same place each time. */
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
