/**
 * Names the versions that an answer shows in its `Cache-Tag`, also where no cache keeps it. An edge reads them as it passes the answer
 * on, and shows nothing older afterwards, though it may be cut off from what the shop publishes.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServerResponse } from 'node:http'
import { versionedTag, type VersionedTag } from '#lib/coherence/tags.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

interface Answer {
  readonly response: ServerResponse
  readonly named: Set<string>
}

const storage = () => processSingleton('shownVersions', () => new AsyncLocalStorage<Answer>())

/** For the answer under way, while its head has not been sent. Without one, such as in a job, it does nothing. */
export function nameShown(versions: Iterable<VersionedTag>): void {
  const answer = storage().getStore()
  // A whole feed goes on to show millions, and would keep them all.
  if (!answer || answer.response.headersSent) return
  for (const { kind, id, version } of versions) answer.named.add(versionedTag(kind, id, version))
}

/**
 * Runs `answer`, which writes `response`. An answer that names its versions itself is left as it is. What the router loads in place of a
 * page is sent when all of it is there, as the page is: Next would send its head before it begins to render.
 */
export function withShownNamed<T>(response: ServerResponse, answer: () => Promise<T>): Promise<T> {
  const named = new Set<string>()
  const held: Parameters<typeof response.write>[0][] = []
  const isHeld = () =>
    !response.headersSent && String(response.getHeader('content-type')).startsWith('text/x-component')

  const write = response.write.bind(response)
  const flushHeaders = response.flushHeaders.bind(response)
  response.flushHeaders = () => {
    if (!isHeld()) flushHeaders()
  }
  response.write = new Proxy(response.write, {
    apply(_write, _self, args: Parameters<typeof write>) {
      if (!isHeld()) return write(...args)
      held.push(args[0])
      return true
    },
  })
  response.end = new Proxy(response.end, {
    apply(end, _self, args: Parameters<typeof response.end>) {
      for (const chunk of held.splice(0)) write(chunk)
      return Reflect.apply(end, response, args)
    },
  })
  response.writeHead = new Proxy(response.writeHead, {
    apply(writeHead, _self, args: Parameters<typeof response.writeHead>) {
      if (named.size > 0 && !response.hasHeader('Cache-Tag')) response.setHeader('Cache-Tag', [...named].join())
      return Reflect.apply(writeHead, response, args)
    },
  })
  return storage().run({ response, named }, answer)
}
