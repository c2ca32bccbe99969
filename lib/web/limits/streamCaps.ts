/** The event streams that a process keeps open: a stream costs little, but it never ends by itself. */
import type { ServerResponse } from 'node:http'
import { networkOf } from '#lib/platform/http/clientAddress.ts'

export interface StreamLimits {
  readonly perNetwork: number
  readonly inTotal: number
  /** Milliseconds after which a stream is cut; an open tab connects again. */
  readonly maxAgeMs: number
}

export class StreamCaps {
  readonly #limits: StreamLimits
  readonly #open = new Map<string, number>()
  #total = 0

  constructor(limits: StreamLimits) {
    this.#limits = limits
  }

  /** @param address as from `clientAddress` @returns whether `response` may be one more stream of that network */
  admit(address: string, response: ServerResponse): boolean {
    const network = networkOf(address)
    const open = this.#open.get(network) ?? 0
    if (open >= this.#limits.perNetwork || this.#total >= this.#limits.inTotal) return false
    this.#count(network, 1)
    // Up to a tenth earlier, or tabs that were opened together would come back together each time.
    const old = setTimeout(() => response.destroy(), this.#limits.maxAgeMs * (1 - Math.random() / 10))
    response.once('close', () => {
      clearTimeout(old)
      this.#count(network, -1)
    })
    return true
  }

  #count(network: string, by: number): void {
    this.#total += by
    const open = (this.#open.get(network) ?? 0) + by
    if (open === 0) this.#open.delete(network)
    else this.#open.set(network, open)
  }
}
