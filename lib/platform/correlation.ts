/** The id of what a process is doing for somebody: it follows one edit from the request to the last look at a layer. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { processSingleton } from './process/processSingleton.ts'

export const CORRELATION_HEADER = 'x-correlation-id'

/** What may stand in a log line and in a column, whoever sent it. */
const ACCEPTABLE = /^[\w.:-]{1,100}$/

interface Work {
  readonly id: string
}

const storage = () => processSingleton('correlation', () => new AsyncLocalStorage<Work>())

/** The id of the work under way; every log line carries it. */
export function correlationId(): string | undefined {
  return storage().getStore()?.id
}

/** An object that stands for the work under way, and for no other with the same id: a key for what belongs to it alone. */
export function workUnderWay(): object | undefined {
  return storage().getStore()
}

/** Runs `work`, and everything that it starts, under `id`; without one, as it is. */
export function withCorrelation<T>(id: string | undefined, work: () => T): T {
  return id === undefined ? work() : storage().run({ id }, work)
}

/** @param sent what a caller proposes @returns it, or a new one */
export function acceptedCorrelationId(sent: string | string[] | null | undefined): string {
  return typeof sent === 'string' && ACCEPTABLE.test(sent) ? sent : randomUUID()
}

/** For a request to another process of ours. */
export function correlationHeaders(): Record<string, string> {
  const id = correlationId()
  return id === undefined ? {} : { [CORRELATION_HEADER]: id }
}
