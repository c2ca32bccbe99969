/** Pictures drawn here or by another web instance, and those that wait. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Piscina } from 'piscina'
import type { RedisClient } from '#lib/coherence/index.ts'
import { logger } from '#lib/platform/logger.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import type { Drawing } from './drawing.ts'

/** The pictures that this process keeps, about 60 KB each. */
const KEPT_HERE = 100
/** The places of pictures in the fleet. A picture has one place by its name and takes it from the one before: their number needs no bookkeeping. */
const PLACES = 512
const KEPT_S = 7 * 24 * 60 * 60
/** Longer than that a crawler would wait in vain. */
const MOST_WAITING = 20
/** Below everything else of the machine: a page that is asked for now goes first. */
const NICE = 10
const IDLE_MS = 30_000
const SEPARATOR = 0x0a

export class DrawnPictures {
  readonly #redis: RedisClient
  readonly #drawn = new LRUCache<string, Promise<Uint8Array | undefined>>({ max: KEPT_HERE })
  readonly #thread = new Piscina<Drawing, Uint8Array>({
    filename: new URL('drawing.ts', import.meta.url).href,
    name: 'draw',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    maxQueue: MOST_WAITING,
    niceIncrement: NICE,
  })

  /** @param redis keeps bodies for the fleet; while it is away each process draws for itself */
  constructor(redis: RedisClient) {
    this.#redis = redis
  }

  /** @returns the PNG; undefined when so many others wait that asking again later is better */
  of(drawing: Drawing): Promise<Uint8Array | undefined> {
    return this.#get(createHash('sha256').update(JSON.stringify(drawing)).digest('base64url'), drawing)
  }

  #get(name: string, drawing: Drawing): Promise<Uint8Array | undefined> {
    const known = this.#drawn.get(name)
    if (known) return known
    const picture = this.#make(name, drawing)
    this.#drawn.set(name, picture)
    const forget = () => this.#drawn.delete(name)
    void picture.then((bytes) => bytes ?? forget(), forget)
    return picture
  }

  async #make(name: string, drawing: Drawing): Promise<Uint8Array | undefined> {
    const place = redisKeys.picture(createHash('sha256').update(name).digest().readUInt16BE() % PLACES)
    const shared = await this.#read(place, name)
    if (shared) return shared
    if (this.#thread.queueSize >= MOST_WAITING) return undefined
    const bytes = await this.#thread.run(drawing)
    const entry = Buffer.concat([Buffer.from(`${name}\n`), bytes])
    this.#redis.set(place, entry, 'EX', KEPT_S).catch(notShared)
    return bytes
  }

  /** @returns what is at the place, if it is the picture of that name */
  async #read(place: string, name: string): Promise<Uint8Array | undefined> {
    const entry = await this.#redis.getBuffer(place).catch(notShared)
    const end = entry?.indexOf(SEPARATOR) ?? -1
    return end > 0 && entry?.subarray(0, end).toString() === name ? entry.subarray(end + 1) : undefined
  }

  /** Ends the thread. */
  close(): Promise<void> {
    return this.#thread.destroy()
  }
}

function notShared(error: unknown): undefined {
  logger('pictures').debug({ err: error }, 'a picture is not shared with other processes')
}
