/**
 * Which render may become a page entry: only one that was asked for with nothing but the entry's key. Next takes a part
 * of any request that makes it render, such as the query, into what it hands to its page cache.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { processSingleton } from '#lib/platform/processSingleton.ts'

interface OwnRenders {
  readonly requests: AsyncLocalStorage<true>
  /** Set in a process that keeps no other renders. */
  renderShell: ((key: string) => void) | undefined
}

const state = () =>
  processSingleton('ownRender', (): OwnRenders => ({ requests: new AsyncLocalStorage<true>(), renderShell: undefined }))

/**
 * From now on this process keeps no page but those that `asOwnRender` makes.
 * @param renderShell told that a shell is missing: Next completes it for each request, and so makes it for one of them
 */
export function keepOwnRendersOnly(renderShell: (key: string) => void): void {
  state().renderShell = renderShell
}

/** @param handle hands a request of the fast path to Next; what Next renders for it may be kept */
export function asOwnRender<T>(handle: () => T): T {
  return state().requests.run(true, handle)
}

/**
 * Whether the page that Next has just rendered may be kept. Always in a process that has no fast path.
 * @param page its key, and whether it is a shell
 */
export function mayKeepPage({ key, isShell }: { key: string; isShell: boolean }): boolean {
  const { requests, renderShell } = state()
  if (!renderShell || requests.getStore() === true) return true
  if (isShell) renderShell(key)
  return false
}
