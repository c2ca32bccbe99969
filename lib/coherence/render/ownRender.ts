/**
 * Decides whether a render may become a page entry: only one whose request had nothing but the entry's key. Next takes parts of the request,
 * such as the query, into what it hands to its page cache.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { LRUCache } from 'lru-cache'
import type { Log } from '../ports.ts'

/** `template`: with placeholders, to be cut. `values`: with the values themselves, for a page that cannot be filled. */
export type RenderMode = 'template' | 'values'

/** Pages that are rendered with values, and for how long: a change of the page may make it one that can be cut. */
const REFUSED = { max: 10_000, ttl: 600_000 }

export class OwnRenders {
  readonly #mode = new AsyncLocalStorage<RenderMode>()
  readonly #refused = new LRUCache<string, string>(REFUSED)
  readonly #again = new Set<string>()
  readonly #log: Log
  /** Set in a process that keeps no other renders. */
  #renderShell: ((key: string) => void) | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /**
   * From now on the process keeps no page but those that `run` makes.
   * @param renderShell called when a shell is missing: Next completes it for each request, and so makes it for one of them
   */
  keepThemOnly(renderShell: (key: string) => void): void {
    this.#renderShell = renderShell
  }

  /** @param handle hands a request of the fast path to Next; what Next renders for it may be kept */
  run<T>(mode: RenderMode, handle: () => T): T {
    return this.#mode.run(mode, handle)
  }

  /** Whether what is rendered now is to become a template. A request of anyone else is answered with values. */
  get makesTemplate(): boolean {
    return this.#mode.getStore() === 'template'
  }

  /** While `render` runs, Next finds no page under `key`: it would answer with the one that is there. */
  async renderAgain<T>(key: string, render: () => Promise<T>): Promise<T> {
    this.#again.add(key)
    try {
      return await render()
    } finally {
      this.#again.delete(key)
    }
  }

  isRenderedAgain(key: string): boolean {
    return this.#again.has(key)
  }

  /** The mode of the page's next render. */
  modeOf(key: string): RenderMode {
    return this.#refused.has(key) ? 'values' : 'template'
  }

  /** From now on the page is rendered with values. */
  refuseTemplate(key: string, why: string): void {
    this.#refused.set(key, why)
    this.#log.warn({ key, why }, 'no template can be made of a page: it is rendered for each change of a price')
  }

  /** Whether the page that Next has just rendered may be kept. Always in a process that has no fast path. */
  get mayKeep(): boolean {
    return !this.#renderShell || this.#mode.getStore() !== undefined
  }

  /** Renders a shell that may be kept, once Next has ended the render of the one that may not: before that it would answer with it. */
  renderShell(key: string): void {
    setImmediate(() => this.#renderShell?.(key))
  }
}
