import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SetupError } from '../progress.mjs'
import { identityOf } from './identity.ts'

export interface Entry {
  readonly name: string
  readonly pid: number
  readonly identity: string
}

const STOP_WITHIN_MS = 10_000

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'identity' in value
  )
}

const runs = (entry: Entry): boolean => identityOf(entry.pid) === entry.identity

async function gone(entry: Entry, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (runs(entry)) {
    if (Date.now() > deadline) return false
    await wait(50)
  }
  return true
}

/**
 * The processes of a data folder, written down as they start. After a supervisor was killed, the
 * next one finds and stops what it left behind, and nothing else.
 */
export class Ledger {
  readonly #file: string
  readonly #folder: string
  #entries: Entry[] = []
  /** False until the folder is taken: what another supervisor wrote must stay. */
  #mine = false

  constructor(dataFolder: string) {
    this.#folder = dataFolder
    this.#file = path.join(dataFolder, 'processes.json')
  }

  /** The supervisor that has the folder now; undefined when none runs. */
  get supervisor(): Entry | undefined {
    return this.#read().find((entry) => entry.name === 'supervisor' && runs(entry))
  }

  /** What runs under this supervisor, which is one of them. */
  get entries(): readonly Entry[] {
    return this.#entries
  }

  /**
   * Takes the folder for this process and stops what a killed predecessor left running.
   * @throws {SetupError} when another supervisor runs on the folder
   */
  async takeOver(): Promise<void> {
    const { supervisor } = this
    if (supervisor !== undefined) {
      const folder = path.relative(process.cwd(), this.#folder)
      throw new SetupError(
        `Evergreen already runs on ${folder} (process ${supervisor.pid}): use that one, or stop it first with kill ${supervisor.pid}.`,
      )
    }
    this.#mine = true
    const left = this.#read().filter(runs)
    this.#entries = [...left]
    this.add('supervisor', process.pid)
    // The newest first: web and worker before the stores that they use.
    for (const entry of left.toReversed()) await this.#stop(entry)
  }

  add(name: string, pid: number): void {
    const identity = identityOf(pid)
    if (identity === undefined) return // it has ended already; its exit informs the process that started it
    this.#entries.push({ name, pid, identity })
    this.#write()
  }

  remove(pid: number): void {
    if (!this.#mine) return
    this.#entries = this.#entries.filter((entry) => entry.pid !== pid)
    this.#write()
  }

  async #stop(entry: Entry): Promise<void> {
    // Postgres takes SIGINT for "disconnect everybody and stop".
    process.kill(entry.pid, entry.name === 'postgres' ? 'SIGINT' : 'SIGTERM')
    if (!(await gone(entry, STOP_WITHIN_MS))) {
      process.kill(entry.pid, 'SIGKILL')
      await gone(entry, STOP_WITHIN_MS)
    }
    this.remove(entry.pid)
  }

  #read(): Entry[] {
    if (!existsSync(this.#file)) return []
    try {
      const parsed: unknown = JSON.parse(readFileSync(this.#file, 'utf8'))
      return Array.isArray(parsed) ? parsed.filter(isEntry) : []
    } catch {
      return [] // cut short by a power failure: nothing that it names can still run
    }
  }

  #write(): void {
    writeFileSync(this.#file, JSON.stringify(this.#entries, null, 2))
  }
}
