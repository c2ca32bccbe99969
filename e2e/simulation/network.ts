/**
 * The network between processes and stores. A message takes a moment, or longer; a link that is cut keeps what is sent until it
 * heals, as TCP does, or breaks. Each direction by itself.
 */
import type { Random } from './random.ts'
import type { RedisServer } from './redisServer.ts'
import type { Host, Timeline } from './time.ts'

/** The fate of a process' messages until it heals. */
export interface Weather {
  /** Milliseconds that each takes at most. */
  delayMs: number
  /** Nothing arrives there. */
  cutOut: boolean
  /** Nothing comes back. */
  cutIn: boolean
}

/** Milliseconds that a message takes at most, mostly. */
interface Delays {
  readonly delayMs: number
  readonly postgresDelayMs: number
}

const calm = (delayMs: number): Weather => ({ delayMs, cutOut: false, cutIn: false })

export interface Link {
  /**
   * @param run at the server, when the message has arrived
   * @param answer in the process, with what `run` returned, when the answer has arrived
   */
  ask<T>(run: () => T, answer: (value: T) => void): void
  close(): void
}

interface Held {
  readonly weather: () => boolean
  readonly send: () => void
}

export class Network {
  readonly timeline: Timeline
  readonly #random: Random
  /** By process: to Redis. */
  readonly #redis = new Map<Host, Weather>()
  /** By process: to Postgres. */
  readonly #postgres = new Map<Host, Weather>()
  readonly #links = new Map<Host, Set<{ readonly server: RedisServer; readonly close: () => void }>>()
  #held: Held[] = []
  /** The target of a new connection of a process. */
  route: (host: Host) => RedisServer
  /** Called when a process is about to send a command, a script or a statement, with its name. */
  onStep: (name: string, host: Host) => void = () => undefined
  readonly #delays: Delays

  constructor(timeline: Timeline, delays: Delays, route: (host: Host) => RedisServer) {
    this.#delays = delays
    this.timeline = timeline
    this.#random = timeline.random
    this.route = route
  }

  redis(host: Host): Weather {
    return known(this.#redis, host, () => calm(this.#delays.delayMs))
  }

  postgres(host: Host): Weather {
    return known(this.#postgres, host, () => calm(this.#delays.postgresDelayMs))
  }

  calmRedis(host: Host): void {
    this.#calm(this.redis(host), this.#delays.delayMs)
  }

  calmPostgres(host: Host): void {
    this.#calm(this.postgres(host), this.#delays.postgresDelayMs)
  }

  /** @returns the server that a new connection leads to; undefined when none is there */
  async reach(host: Host): Promise<RedisServer | undefined> {
    const weather = this.redis(host)
    await new Promise<void>((resolve) => this.timeline.after(this.#delay(weather), resolve, host))
    const server = this.route(host)
    const isThere = server.isUp && server.frozenUntil <= this.timeline.now
    return isThere && !weather.cutOut && !weather.cutIn ? server : undefined
  }

  open(host: Host, server: RedisServer, onClose: () => void): Link {
    const weather = this.redis(host)
    let isOpen = true
    let [arrives, returns] = [0, 0]
    const link = {
      server,
      ask: <T>(run: () => T, answer: (value: T) => void): void => {
        this.#send(
          () => weather.cutOut,
          () => {
            arrives = Math.max(arrives, this.timeline.now + this.#delay(weather))
            // Sent is sent: it arrives also when the connection is gone by then, or the process.
            const arrive = (): void => {
              if (!server.isUp) return
              if (server.frozenUntil > this.timeline.now)
                return void this.timeline.after(server.frozenUntil - this.timeline.now, arrive)
              const value = run()
              this.#send(
                () => weather.cutIn,
                () => {
                  returns = Math.max(returns, this.timeline.now + this.#delay(weather))
                  this.timeline.after(returns - this.timeline.now, () => isOpen && answer(value), host)
                },
              )
            }
            this.timeline.after(arrives - this.timeline.now, arrive)
          },
        )
      },
      close: () => {
        if (!isOpen) return
        isOpen = false
        known(this.#links, host, () => new Set()).delete(link)
        onClose()
      },
    }
    known(this.#links, host, () => new Set()).add(link)
    return link
  }

  /** Resets connections: those of a process, or those to a server. */
  reset(which: { readonly host?: Host; readonly server?: RedisServer }): void {
    for (const [host, links] of this.#links) {
      if (which.host && host !== which.host) continue
      for (const link of links)
        if (!which.server || link.server === which.server)
          this.timeline.after(0, () => this.timeline.in(host, link.close), host)
    }
  }

  /** One statement: it may have been run though no answer comes. @throws after a time-out */
  async query<T>(host: Host, withinMs: number, run: () => T | Promise<T>): Promise<T> {
    const weather = this.postgres(host)
    return new Promise<T>((resolve, reject) => {
      const timer = this.timeline.after(withinMs / host.rate, () => reject(new Error('statement timed out')), host)
      const settled = (settle: () => void): void => {
        timer.isCancelled = true
        settle()
      }
      this.#send(
        () => weather.cutOut,
        () => {
          this.timeline.after(this.#delay(weather), () => {
            void Promise.resolve()
              .then(run)
              .then(
                (value) => () => resolve(value),
                (error: unknown) => () => reject(error instanceof Error ? error : new Error(String(error))),
              )
              .then((settle) =>
                this.#send(
                  () => weather.cutIn,
                  () => void this.timeline.after(this.#delay(weather), () => settled(settle), host),
                ),
              )
          })
        },
      )
    })
  }

  #calm(weather: Weather, delayMs: number): void {
    Object.assign(weather, calm(delayMs))
    this.#release()
  }

  /** Lets go what was held up, where the weather allows. */
  #release(): void {
    const held = this.#held
    this.#held = held.filter(({ weather }) => weather())
    for (const { weather, send } of held) if (!weather()) send()
  }

  #send(isCut: () => boolean, send: () => void): void {
    if (isCut()) this.#held.push({ weather: isCut, send })
    else send()
  }

  #delay({ delayMs }: Weather): number {
    return this.#random.happens(0.05) ? this.#random.between(0, 10 * delayMs) : this.#random.between(0.1, delayMs)
  }
}

function known<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const value = map.get(key) ?? create()
  map.set(key, value)
  return value
}
