/** The correlation id: it follows one edit from the request to the last look at a layer. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { env } from './env.ts'
import { processSingleton } from './process/processSingleton.ts'

export const CORRELATION_HEADER = 'x-correlation-id'

/** `id/mac`: only a process of ours can say which work a request belongs to. It may pass an edge, so the secret itself does not travel. */
const SIGNED = /^([\w.:-]{1,100})\/([\w-]{43})$/

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

function macOf(id: string): Buffer {
  return createHmac('sha256', env().INTERNAL_SECRET).update(`correlation ${id}`).digest()
}

/** @param sent the header of a caller @returns the id in it when a process of ours has signed it, else a new one */
export function acceptedCorrelationId(sent: string | string[] | null | undefined): string {
  const [, id = '', mac = ''] = SIGNED.exec(String(sent ?? '')) ?? []
  return id !== '' && timingSafeEqual(Buffer.from(mac, 'base64url'), macOf(id)) ? id : randomUUID()
}

/** For a request to another process of ours. */
export function correlationHeaders(): Record<string, string> {
  const id = correlationId()
  return id === undefined ? {} : { [CORRELATION_HEADER]: `${id}/${macOf(id).toString('base64url')}` }
}
