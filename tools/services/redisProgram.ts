import { spawnSync } from 'node:child_process'
import { oldVersion } from '#lib/platform/redisFitness.ts'
import { SetupError } from '../progress.mjs'
import { findProgram, systemProgram } from './systemPackage.ts'

const PACKAGE = { 'apt-get': 'redis-server', dnf: 'valkey redis', apk: 'redis', brew: 'redis' }
const PROGRAMS = ['redis-server', 'valkey-server'] as const

const HOW_TO =
  'install it (Debian and Ubuntu: apt-get install redis-server, Fedora: dnf install valkey, macOS: brew install redis), or set REDIS_URL to a server of your own'

function installed(): string | undefined {
  return PROGRAMS.map(findProgram).find((file) => file !== undefined)
}

/** A package brings a service on port 6379, and may start it: the shop runs a server of its own. */
function stopService(): void {
  if (findProgram('systemctl') === undefined) return
  for (const service of ['redis-server', 'redis', 'valkey']) {
    spawnSync('systemctl', ['disable', '--now', service], { stdio: 'ignore' })
  }
}

/**
 * The Redis or Valkey server on PATH; where there is none, the system's package manager installs it.
 * @throws {SetupError} when there is none and it cannot be installed, or when it is too old
 */
export async function redisProgram(signal: AbortSignal): Promise<string> {
  const wanted = { title: 'Redis', packages: PACKAGE, find: installed, howTo: HOW_TO, installed: stopService }
  const program = await systemProgram(wanted, signal)
  const version = /v=(\d+)\.(\d+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '')
  if (version === null) throw new SetupError(`${program} does not run on this system: ${HOW_TO}.`)
  const old = oldVersion(Number(version[1]), Number(version[2]), program)
  if (old !== undefined) throw new SetupError(old)
  return program
}
