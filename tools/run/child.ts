import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import pTimeout from 'p-timeout'
import type { Ledger } from './ledger.ts'

const LOG_MAX_BYTES = 20 * 1024 * 1024
const TAIL_LINES = 15

export interface ChildSpec {
  /** As in the ledger and in the name of its log. */
  readonly name: string
  /** As people call it. */
  readonly title: string
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly logFile: string
  readonly stopSignal: NodeJS.Signals
  /** Milliseconds that it may take to finish what it does; then it is killed. */
  readonly stopWithinMs: number
  /** Sockets that it inherits, as file descriptors from 3 on. */
  readonly sockets?: readonly number[] | undefined
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/**
 * A process that runs until it is stopped, in a process group of its own: Ctrl-C reaches only its supervisor. Ours: execa, with
 * its twelve packages, kills a process and not its group, and of what it adds to `spawn` nothing is needed here.
 */
export class Child {
  readonly spec: ChildSpec
  /** Settles when it has ended, with how: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>
  #process: ChildProcess
  #howEnded: string | undefined
  #logStart: number

  constructor(spec: ChildSpec, ledger: Ledger) {
    this.spec = spec
    mkdirSync(path.dirname(spec.logFile), { recursive: true })
    if (existsSync(spec.logFile) && statSync(spec.logFile).size > LOG_MAX_BYTES)
      renameSync(spec.logFile, `${spec.logFile}.old`)
    const log = openSync(spec.logFile, 'a', 0o600)
    this.#logStart = existsSync(spec.logFile) ? statSync(spec.logFile).size : 0
    this.#process = spawn(spec.program, [...spec.args], {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', log, log, ...(spec.sockets ?? [])],
      detached: true,
      ...spec.user,
    })
    closeSync(log)
    const { pid } = this.#process
    if (pid !== undefined) ledger.add(spec.name, pid)
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#howEnded = how
        if (pid !== undefined) ledger.remove(pid)
        resolve(how)
      }
      this.#process.once('error', (error) => end(error.message))
      this.#process.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`))
    })
  }

  /** The way it ended; undefined while it runs. */
  get howEnded(): string | undefined {
    return this.#howEnded
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid
  }

  /** The last lines that this run of it has logged. */
  tail(): string {
    const text = readFileSync(this.spec.logFile).subarray(this.#logStart).toString('utf8')
    return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
  }

  async stop(): Promise<void> {
    if (this.#howEnded !== undefined) return
    this.#process.kill(this.spec.stopSignal)
    await pTimeout(this.ended, { milliseconds: this.spec.stopWithinMs, fallback: () => this.kill() })
    await this.ended
  }

  /** At once, with everything that it has started. */
  kill(): void {
    const { pid } = this.#process
    if (this.#howEnded !== undefined || pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      this.#process.kill('SIGKILL') // the group is gone or not ours to signal
    }
  }
}
