/**
 * Which render may become a page entry: only one that was asked for with nothing but the entry's key. Next takes a part
 * of any request that makes it render, such as the query, into what it hands to its page cache.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { processSingleton } from '#lib/platform/processSingleton.ts'

const state = () => processSingleton('ownRender', () => ({ requests: new AsyncLocalStorage<true>(), only: false }))

/** From now on this process keeps no page but those that `asOwnRender` makes. */
export function keepOwnRendersOnly(): void {
  state().only = true
}

/** @param handle hands a request of the fast path to Next; what Next renders for it may be kept */
export function asOwnRender<T>(handle: () => T): T {
  return state().requests.run(true, handle)
}

/** Whether the page that Next has just rendered may be kept. Always in a process that has no fast path. */
export function mayKeepPage(): boolean {
  const { only, requests } = state()
  return !only || requests.getStore() === true
}
