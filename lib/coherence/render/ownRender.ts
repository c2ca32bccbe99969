/**
 * Which render may become a page entry: only one that was asked for with nothing but the entry's key. Next takes a part
 * of any request that makes it render, such as the query, into what it hands to its page cache.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

export class OwnRenders {
  readonly #requests = new AsyncLocalStorage<true>()
  /** Set in a process that keeps no other renders. */
  #renderShell: ((key: string) => void) | undefined

  /**
   * From now on the process keeps no page but those that `run` makes.
   * @param renderShell told that a shell is missing: Next completes it for each request, and so makes it for one of them
   */
  keepThemOnly(renderShell: (key: string) => void): void {
    this.#renderShell = renderShell
  }

  /** @param handle hands a request of the fast path to Next; what Next renders for it may be kept */
  run<T>(handle: () => T): T {
    return this.#requests.run(true, handle)
  }

  /**
   * Whether the page that Next has just rendered may be kept. Always in a process that has no fast path.
   * @param page its key, and whether it is a shell
   */
  mayKeep({ key, isShell }: { key: string; isShell: boolean }): boolean {
    if (!this.#renderShell || this.#requests.getStore() === true) return true
    if (isShell) this.#renderShell(key)
    return false
  }
}
