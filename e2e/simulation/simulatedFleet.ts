/** The fleet of a history, and what its faults do to it. */
import { keys } from '#lib/coherence/index.ts'
import type { Bug } from './bug.ts'
import type { Database } from './database.ts'
import type { Fault, Plan } from './faults.ts'
import type { Scripts } from './lua.ts'
import { Network, type Weather } from './network.ts'
import { Random } from './random.ts'
import { RedisServer, type RedisFile } from './redisServer.ts'
import { ShopProcess } from './shop.ts'
import { Host, type Timeline } from './time.ts'

const STARTS_MS = 150

/** Kinds that meet the process whose step they wait for. */
const AT_ITS_PROCESS: ReadonlySet<Fault['kind']> = new Set(['stop', 'kill', 'postgres-slow', 'postgres-out'])

export class SimulatedFleet {
  readonly timeline: Timeline
  readonly database: Database
  readonly network: Network
  readonly #scripts: Scripts
  readonly #plan: Plan
  readonly #note: (what: string) => void
  readonly #bug: Bug | undefined
  readonly #files: RedisFile[] = []
  readonly processes: ShopProcess[] = []
  readonly #deaths = new Map<Host, Set<() => void>>()
  /** Faults that happen with the next step of their name. */
  readonly #awaited = new Set<Fault>()
  primary: RedisServer
  #servers: RedisServer[]
  /** Processes that are still led to a server that others have left. */
  readonly #astray = new Map<Host, RedisServer>()

  constructor(
    timeline: Timeline,
    database: Database,
    scripts: Scripts,
    plan: Plan,
    note: (what: string) => void,
    bug?: Bug,
  ) {
    this.#bug = bug
    this.timeline = timeline
    this.database = database
    this.#scripts = scripts
    this.#plan = plan
    this.#note = note
    this.primary = new RedisServer(timeline, scripts)
    this.#servers = [this.primary]
    this.network = new Network(timeline, plan.load, (host) => this.#astray.get(host) ?? this.primary)
    for (let i = 0; i < plan.processes; i++) this.#start(i)
    this.#keepFiles()
    for (const fault of plan.faults)
      timeline.after(fault.at, () => (fault.step ? this.#awaited.add(fault) : this.#apply(fault)))
    this.network.onStep = (name, host) => this.#step(name, host)
    timeline.after(plan.healsAt, () => this.#heal())
  }

  /** Settles with undefined when the process dies before it answers. @throws what `work` throws */
  ask<T>(process: ShopProcess, work: (process: ShopProcess) => Promise<T>): Promise<T | undefined> {
    const { host } = process
    const { timeline } = this
    const deaths = this.#deaths.get(host) ?? new Set()
    this.#deaths.set(host, deaths)
    return new Promise((resolve, reject) => {
      const die = () => resolve(undefined)
      if (!host.alive) return die()
      deaths.add(die)
      const answer = (settle: () => void) =>
        timeline.after(
          timeline.random.between(0.1, 2),
          () => {
            deaths.delete(die)
            settle()
          },
          undefined,
        )
      timeline.after(
        timeline.random.between(0.1, 2),
        () => {
          work(process).then(
            (value) => answer(() => resolve(value)),
            (error: unknown) => answer(() => reject(error instanceof Error ? error : new Error(String(error)))),
          )
        },
        host,
      )
    })
  }

  #start(i: number): void {
    const host = new Host(`web-${i + 1}`, this.timeline.random)
    const { network, database } = this
    const { logLength, load } = this.#plan
    this.processes[i] = this.timeline.in(
      host,
      () =>
        new ShopProcess(
          host,
          network,
          database,
          { logLength, relays: load.relays && i === 0, slow: load.slow },
          this.#bug,
        ),
    )
  }

  #kill(i: number): void {
    const host = this.processes[i]?.host
    if (!host?.alive) return
    host.alive = false
    for (const die of this.#deaths.get(host) ?? []) die()
  }

  #keepFiles(): void {
    if (this.primary.isUp) this.#files.push(this.primary.copy())
    this.timeline.after(this.#plan.load.fileEveryMs, () => this.#keepFiles())
  }

  #restart(server: RedisServer, file: RedisFile): void {
    server.restartFrom(file)
    server.isUp = true
  }

  #stopServer(server: RedisServer): void {
    server.isUp = false
    this.network.reset({ server })
  }

  #redisWeather(host: Host, change: Partial<Weather>, forMs: number): void {
    Object.assign(this.network.redis(host), change)
    this.timeline.after(forMs, () => this.network.calmRedis(host))
  }

  #postgresWeather(host: Host, change: Partial<Weather>, forMs: number): void {
    Object.assign(this.network.postgres(host), change)
    this.timeline.after(forMs, () => this.network.calmPostgres(host))
  }

  #failOver(random: Random, forMs: number, isSplit: boolean): void {
    const old = this.primary
    const next = new RedisServer(
      this.timeline,
      this.#scripts,
      random.happens(0.5) ? old.copy() : (this.#files.at(-random.below(4) - 1) ?? old.copy()),
    )
    next.promote()
    this.#servers.push(next)
    this.primary = next
    for (const { host } of this.processes) {
      if (isSplit && random.happens(0.5)) this.#astray.set(host, old)
      else this.network.reset({ host })
    }
    this.timeline.after(isSplit ? forMs : 10, () => this.#leave(old))
  }

  #leave(server: RedisServer): void {
    for (const [host, astray] of this.#astray) if (astray === server) this.#astray.delete(host)
    this.#stopServer(server)
  }

  get #healsIn(): number {
    return this.#plan.healsAt - this.timeline.now - 1
  }

  #step(name: string, host: Host): void {
    for (const fault of this.#awaited) {
      if (fault.step !== name || this.#healsIn <= 0) continue
      this.#awaited.delete(fault)
      this.#note(`${host.name} is about to send ${name}`)
      this.#apply(
        fault,
        this.processes.findIndex((process) => process.host === host),
      )
    }
  }

  /** @param at the process whose step it is; any other may be concerned where there is none */
  #apply({ kind, forMs: wanted, seed }: Fault, at?: number): void {
    const forMs = Math.min(wanted, this.#healsIn)
    const random = new Random(seed)
    const drawn = random.below(this.processes.length)
    const i = at !== undefined && AT_ITS_PROCESS.has(kind) ? at : drawn
    const host = this.processes[i]?.host
    if (!host) return
    const server = this.primary
    this.#note(`${kind} (${host.name}) for ${Math.round(forMs)} ms`)
    const later = (run: () => void) => this.timeline.after(forMs, run)
    switch (kind) {
      case 'restart':
      case 'old-file':
      case 'empty': {
        const file = kind === 'restart' ? server.copy() : kind === 'empty' ? new Map() : random.pick(this.#files)
        this.#stopServer(server)
        return void later(() => this.#restart(server, file))
      }
      case 'full':
      case 'read-only':
        server.mode = kind === 'full' ? 'full' : 'readonly'
        return void later(() => (server.mode = 'open'))
      case 'demoted':
        if (!server.isUp) return undefined
        server.demote(random.pick(this.#files.slice(-5)))
        return void later(() => server.isReplica && server.promote())
      case 'swapped': // behind a proxy that keeps the connections of its clients
        return server.isUp ? server.restartFrom(random.pick(this.#files.slice(-this.#plan.load.files))) : undefined
      case 'frozen': {
        // A machine that stands still with its clock, for so long that another takes its place, and then goes on.
        const frozenMs = Math.min(this.#healsIn, random.pick([1_500, 5_500]) + random.between(0, 1_000))
        server.freeze(frozenMs)
        return this.#failOver(random, Math.min(frozenMs + random.between(500, 4_000), this.#healsIn), true)
      }
      case 'failover':
      case 'split':
        return this.#failOver(random, forMs, kind === 'split')
      case 'evicted': // a Redis that needs memory takes half of what it has
        for (const key of server.keys('')) if (random.happens(0.5)) server.forget(key)
        return
      case 'lease-lost': // a Redis that needs memory takes what has a lifetime
        return server.forget(keys.indexLease)
      case 'clock':
        random.pick([server, ...this.#servers.filter(({ isUp }) => isUp)]).clockOffset += random.pick([
          -3_600_000, -5_000, -1_500, 1_500, 5_000,
        ])
        return
      case 'redis-out':
        return this.#redisWeather(host, { cutOut: true }, forMs)
      case 'redis-in':
        return this.#redisWeather(host, { cutIn: true }, forMs)
      case 'redis-cut':
        return this.#redisWeather(host, { cutOut: true, cutIn: true }, forMs)
      case 'redis-slow':
        return this.#redisWeather(host, { delayMs: 300 }, forMs)
      case 'postgres-out':
        return this.#postgresWeather(host, { cutOut: true }, forMs)
      case 'postgres-in':
        return this.#postgresWeather(host, { cutIn: true }, forMs)
      case 'postgres-slow':
        return this.#postgresWeather(host, { delayMs: 300 }, forMs)
      case 'reset':
        return this.network.reset({ host })
      case 'kill':
        this.#kill(i)
        return void later(() => this.processes[i]?.host === host && this.#start(i))
      case 'stop':
        host.pausedUntil = Math.min(this.timeline.now + forMs, this.#plan.healsAt)
        return
      case 'postgres-down':
        this.database.isUp = false
        return void later(() => !this.database.isUp && this.database.restart())
      case 'promotion':
        this.database.detachStandby()
        return void later(() => this.database.promote())
      case 'forget':
        return this.database.forget()
      default:
        return kind satisfies never
    }
  }

  #heal(): void {
    this.#note('everything heals')
    const { primary, database } = this
    for (const server of this.#servers) if (server !== primary) this.#leave(server)
    if (!primary.isUp) this.#restart(primary, primary.copy())
    if (primary.isReplica) primary.promote()
    primary.mode = 'open'
    if (!database.isUp) database.restart()
    this.processes.forEach(({ host }, i) => {
      this.network.calmRedis(host)
      this.network.calmPostgres(host)
      if (!host.alive) this.timeline.after(STARTS_MS, () => this.#start(i))
    })
  }
}
