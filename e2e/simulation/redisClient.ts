/**
 * A connection of ioredis whose bytes go over the simulated network: commands, scripts, replies and their conversion are those of the
 * library; what is replaced is the socket. Commands of a connection arrive in order, and so do answers.
 */
import { createHash } from 'node:crypto'
import { Redis, type Command } from 'ioredis'
import type { Network, Link } from './network.ts'
import { ReplyError, type RedisServer } from './redisServer.ts'
import type { Reply } from './lua.ts'
import type { Host } from './time.ts'

const COMMAND_TIMEOUT_MS = 1_000
const RECONNECT_MS = 100

interface Script {
  readonly name: string
  readonly lua: string
}

export class SimulatedRedis extends Redis {
  readonly #network: Network
  readonly #host: Host
  readonly #scripts: Map<string, Script>
  readonly #own: boolean
  #server: RedisServer | undefined
  #link: Link | undefined
  readonly #waiting = new Map<Command, { isCancelled: boolean }>()

  /** @param isOwn of the process, not one that is made to look elsewhere: connects at once, and again */
  constructor(network: Network, host: Host, isOwn = true, scripts = new Map<string, Script>()) {
    super({ lazyConnect: true, retryStrategy: () => null })
    this.#network = network
    this.#host = host
    this.#own = isOwn
    this.#scripts = scripts
    if (isOwn) void this.connect()
  }

  override async connect(): Promise<void> {
    const server = await this.#network.reach(this.#host)
    if (!server) {
      if (!this.#own) throw new Error('connect ECONNREFUSED')
      this.status = 'reconnecting'
      this.#network.timeline.after(RECONNECT_MS, () => void this.connect(), this.#host)
      return
    }
    this.#server = server
    this.#link = this.#network.open(this.#host, server, () => this.#closed())
    this.status = 'ready'
    this.emit('ready')
  }

  override disconnect(): void {
    this.#link?.close()
  }

  override duplicate(): Redis {
    return new SimulatedRedis(this.#network, this.#host, false, this.#scripts)
  }

  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number; readOnly?: boolean }): void {
    this.#scripts.set(createHash('sha1').update(definition.lua).digest('hex'), { name, lua: definition.lua })
    super.defineCommand(name, definition)
  }

  override sendCommand(command: Command): unknown {
    const [server, link] = [this.#server, this.#link]
    if (!server || !link || this.status !== 'ready') {
      command.reject(new Error('Connection is closed.'))
      return command.promise
    }
    const timeOut = () => this.#settle(command, () => command.reject(new Error('Command timed out')))
    this.#waiting.set(command, this.#network.timeline.after(COMMAND_TIMEOUT_MS / this.#host.rate, timeOut, this.#host))
    const args = command.args.map((value) => (Buffer.isBuffer(value) ? value : String(value)))
    const script = command.name === 'evalsha' ? this.#scripts.get(String(args[0])) : undefined
    this.#network.onStep(script?.name ?? command.name, this.#host)
    link.ask(
      () => {
        try {
          const reply = server.run(command.name, args, script?.lua)
          return () => command.resolve(bytesOf(reply))
        } catch (error) {
          if (!(error instanceof ReplyError)) throw error
          return () => command.reject(error)
        }
      },
      (settle) => this.#settle(command, settle),
    )
    return command.promise
  }

  #settle(command: Command, settle: () => void): void {
    const timer = this.#waiting.get(command)
    if (!timer) return
    timer.isCancelled = true
    this.#waiting.delete(command)
    settle()
  }

  #closed(): void {
    this.#link = undefined
    this.status = this.#own ? 'reconnecting' : 'end'
    this.emit('close')
    for (const command of this.#waiting.keys())
      this.#settle(command, () => command.reject(new Error('Connection is closed.')))
    if (this.#own) this.#network.timeline.after(RECONNECT_MS, () => void this.connect(), this.#host)
  }
}

/** As they come from the socket. */
function bytesOf(reply: Reply): unknown {
  if (typeof reply === 'string') return Buffer.from(reply)
  return Array.isArray(reply) ? reply.map(bytesOf) : reply
}
