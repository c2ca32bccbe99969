/**
 * A Redis server as far as the kernel uses one: its commands, its scripts, expiry by a wall clock that may step, and what makes it refuse
 * writes. Its data outlives it as a file does: `copy` and `restartFrom`.
 */
import type { Random } from './random.ts'
import type { Reply, Scripts } from './lua.ts'
import type { Timeline } from './time.ts'

type Value = string | Buffer | string[] | ReadonlyMap<string, string>
interface Held {
  readonly value: Value
  /** Milliseconds of the server's wall clock. */
  readonly expiresAt: number
}
export type RedisFile = ReadonlyMap<string, Held>

/** `full`: out of memory; `readonly`: as for a disk that fails, or a replica. Both answer what only reads. */
export type WriteMode = 'open' | 'full' | 'readonly'

/** As ioredis names what a server answers with an error. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

const REFUSALS: Readonly<Record<Exclude<WriteMode, 'open'>, string>> = {
  full: "OOM command not allowed when used memory > 'maxmemory'.",
  readonly: "READONLY You can't write against a read only replica.",
}
/** The commands that free memory, which a full server takes. */
const FREES = new Set(['DEL', 'UNLINK', 'LTRIM', 'PEXPIRE', 'EXPIRE', 'PERSIST'])
const WRITES = new Set([...FREES, 'SET', 'LPUSH', 'RPUSH', 'ZADD', 'HSET'])

const textOf = (value: Value | undefined): string | null =>
  typeof value === 'string' || Buffer.isBuffer(value) ? String(value) : null

export class RedisServer {
  readonly #timeline: Timeline
  readonly #scripts: Scripts
  #data = new Map<string, Held>()
  runId: string
  replicationId: string
  isUp = true
  mode: WriteMode = 'open'
  isReplica = false
  /** Milliseconds by which its wall clock is off. */
  clockOffset = 0
  frozenUntil = 0

  constructor(timeline: Timeline, scripts: Scripts, file: RedisFile = new Map()) {
    this.#timeline = timeline
    this.#scripts = scripts
    this.runId = hex(timeline.random)
    this.replicationId = hex(timeline.random)
    this.#data = new Map(file)
  }

  copy(): RedisFile {
    return new Map(this.#data)
  }

  /** Another run of the server, with what is in the file. */
  restartFrom(file: RedisFile): void {
    this.#data = new Map(file)
    this.runId = hex(this.#timeline.random)
    this.replicationId = hex(this.#timeline.random)
    this.isReplica = false
  }

  /** It answers nothing for so long, and its clock does not go on. */
  freeze(ms: number): void {
    this.frozenUntil = this.#timeline.now + ms
    this.clockOffset -= ms
  }

  /** A primary becomes a replica, and gets the data of another one. */
  demote(file: RedisFile): void {
    this.#data = new Map(file)
    this.replicationId = hex(this.#timeline.random)
    this.isReplica = true
  }

  /** A replica becomes a primary. */
  promote(): void {
    this.replicationId = hex(this.#timeline.random)
    this.isReplica = false
  }

  forget(key: string): void {
    this.#data.delete(key)
  }

  keys(prefix: string): string[] {
    return [...this.#data.keys()].filter((key) => key.startsWith(prefix) && this.#get(key) !== undefined)
  }

  /** @throws {ReplyError} as the server refuses it */
  run(name: string, args: readonly (string | Buffer)[], lua: string | undefined): Reply {
    let wrote = false
    const mode = this.isReplica ? 'readonly' : this.mode
    const call = (command: string, values: readonly (string | Buffer)[]): Reply => {
      if (WRITES.has(command)) {
        // A script that has written goes on: half of one is worse than a little too much memory.
        if (!wrote && mode !== 'open' && !(mode === 'full' && FREES.has(command))) throw new ReplyError(REFUSALS[mode])
        wrote = true
      }
      return this.#do(command, values)
    }
    if (lua === undefined) return call(name.toUpperCase(), args)
    const keyCount = Number(args[1])
    const rest = args.slice(2).map(String)
    return this.#scripts.run(lua, rest.slice(0, keyCount), rest.slice(keyCount), ([command = '', ...values]) =>
      call(command.toUpperCase(), values),
    )
  }

  get #wall(): number {
    return 1_767_225_600_000 + this.#timeline.now + this.clockOffset
  }

  #get(key: string): Value | undefined {
    const held = this.#data.get(key)
    if (held && held.expiresAt <= this.#wall) this.#data.delete(key)
    else return held?.value
    return undefined
  }

  #list(key: string): string[] {
    const value = this.#get(key)
    return Array.isArray(value) ? value : []
  }

  #hash(key: string): ReadonlyMap<string, string> {
    const value = this.#get(key)
    return value instanceof Map ? value : new Map()
  }

  #keep(key: string, value: Value): void {
    this.#data.set(key, { value, expiresAt: this.#data.get(key)?.expiresAt ?? Infinity })
  }

  #do(command: string, args: readonly (string | Buffer)[]): Reply {
    const [key = '', ...more] = args.map((value, i) => (i === 1 && command === 'SET' ? '' : String(value)))
    switch (command) {
      case 'GET': {
        const value = this.#get(key)
        return typeof value === 'string' || Buffer.isBuffer(value) ? value : null
      }
      case 'MGET':
        return args.map((name) => textOf(this.#get(String(name))))
      case 'SET':
        return this.#set(key, args[1] ?? '', more.slice(1))
      case 'EXISTS':
        return args.filter((name) => this.#get(String(name)) !== undefined).length
      case 'DEL':
      case 'UNLINK':
        return args.filter((name) => this.#get(String(name)) !== undefined && this.#data.delete(String(name))).length
      case 'LPUSH':
        this.#keep(key, [...more.toReversed(), ...this.#list(key)])
        return this.#list(key).length
      case 'RPUSH':
        this.#keep(key, [...this.#list(key), ...more])
        return this.#list(key).length
      // Members by their score: nothing reads them here.
      case 'ZADD':
        this.#keep(key, [...new Set([...this.#list(key), more[1] ?? ''])])
        return 1
      case 'LTRIM':
        this.#keep(key, this.#list(key).slice(Number(more[0]), Number(more[1]) + 1))
        return 'OK'
      case 'LRANGE':
        return this.#list(key).slice(Number(more[0]), Number(more[1]) + 1)
      case 'HSET':
        this.#keep(key, new Map([...this.#hash(key), [more[0] ?? '', more[1] ?? '']]))
        return 1
      case 'HGET':
        return this.#hash(key).get(more[0] ?? '') ?? null
      case 'HMGET':
        return more.map((field) => this.#hash(key).get(field) ?? null)
      case 'HLEN':
        return this.#hash(key).size
      case 'HSCAN':
        return ['0', [...this.#hash(key)].flat()]
      case 'PERSIST':
      case 'EXPIRE':
      case 'PEXPIRE': {
        const value = this.#get(key)
        if (value === undefined) return 0
        const livesMs = command === 'PERSIST' ? Infinity : Number(more[0]) * (command === 'EXPIRE' ? 1_000 : 1)
        this.#data.set(key, { value, expiresAt: this.#wall + livesMs })
        return 1
      }
      case 'PTTL': {
        if (this.#get(key) === undefined) return -2
        const at = this.#data.get(key)?.expiresAt ?? Infinity
        return at === Infinity ? -1 : Math.ceil(at - this.#wall)
      }
      case 'TIME':
        return [String(Math.floor(this.#wall / 1_000)), String(Math.floor((this.#wall % 1_000) * 1_000))]
      case 'INFO':
        return `run_id:${this.runId}\nrole:${this.isReplica ? 'slave' : 'master'}\nmaster_replid:${this.replicationId}\n`
      case 'SCAN': {
        const prefix = (more[1] ?? '*').slice(0, -1)
        return ['0', this.keys(prefix)]
      }
      default:
        throw new Error(`the simulated Redis has no command ${command}: write it in e2e/simulation/redisServer.ts`)
    }
  }

  #set(key: string, value: string | Buffer, options: readonly string[]): Reply {
    const words = options.map((word) => word.toUpperCase())
    if (words.includes('NX') && this.#get(key) !== undefined) return null
    const [seconds, millis] = [words.indexOf('EX'), words.indexOf('PX')]
    let expiresAt = Infinity
    if (seconds >= 0) expiresAt = this.#wall + Number(options[seconds + 1]) * 1_000
    if (millis >= 0) expiresAt = this.#wall + Number(options[millis + 1])
    if (words.includes('KEEPTTL') && this.#get(key) !== undefined)
      expiresAt = this.#data.get(key)?.expiresAt ?? Infinity
    this.#data.set(key, { value, expiresAt })
    return 'OK'
  }
}

function hex(random: Random): string {
  return Array.from({ length: 5 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}
