/** Requests of a stranger that cost more than a hit of the page cache. Each attack is as many clients as fast as they can. */
import { once } from 'node:events'
import { Agent, request, type ClientRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** The number of answers of each status; `none` where the connection ended without one. */
export type Answers = Map<number | 'none', number>

export interface Attack {
  readonly name: string
  readonly clients: number
  readonly ask: (send: Send) => Promise<void>
}

type Send = (path: string, how?: Sent) => Promise<void>

/** A part that is written so many times: as fast as the server takes it, or at intervals. */
interface Body {
  readonly part: Buffer
  readonly times: number
  readonly everyMs?: number
}

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  /** Does not end by itself: is held until the attack ends. */
  readonly held?: boolean
}

const any = (below: number) => 1 + Math.floor(Math.random() * below)
const word = () => Math.random().toString(36).slice(2, 8)
const LOCALES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'ko']
const locale = () => LOCALES[any(LOCALES.length) - 1] ?? 'en'
const MB = Buffer.alloc(1024 * 1024, 'a')
const JSON_TYPE = { 'content-type': 'application/json' }

export const ATTACKS: readonly Attack[] = [
  { name: 'pictures of shared links', clients: 10, ask: (send) => send(`/og/products/${any(300)}/1.png`) },
  {
    name: 'searches',
    clients: 10,
    ask: (send) => send(`/${locale()}/search?q=${word()}+oak&page=${any(20)}`),
  },
  { name: 'suggestions', clients: 20, ask: (send) => send(`/api/search/suggest?q=${word()}&locale=${locale()}`) },
  {
    name: 'streams of 200 products',
    clients: 400,
    ask: (send) => {
      const ids = Array.from({ length: 200 }, (_zero, i) => i + 1).join(',')
      return send(`/api/prices/stream?ids=${ids}`, { held: true })
    },
  },
  {
    name: 'bodies of 40 MB',
    clients: 8,
    ask: (send) =>
      send('/api/auth/sign-in/email', { method: 'POST', headers: JSON_TYPE, body: { part: MB, times: 40 } }),
  },
  {
    name: 'dripped bodies',
    clients: 200,
    ask: (send) =>
      send('/api/auth/sign-in/email', {
        method: 'POST',
        headers: JSON_TYPE,
        body: { part: Buffer.from(' '), times: 150, everyMs: 1_000 },
      }),
  },
  { name: 'sign-ins', clients: 10, ask: (send) => send('/admin/sign-in') },
  {
    name: 'addresses that there are not',
    clients: 20,
    ask: (send) => send(`/${locale()}/categories/chairs/${6_000 + any(100_000)}`),
  },
]

/** Writes the body part by part. */
async function write(sent: ClientRequest, { part, times, everyMs }: Body, signal: AbortSignal): Promise<void> {
  for (let i = 0; i < times; i++) {
    if (everyMs !== undefined) await delay(everyMs, undefined, { signal })
    if (!sent.write(part)) await once(sent, 'drain', { signal })
  }
  sent.end()
}

/**
 * Sends what the attack sends until `signal` aborts.
 * @param from the address of this machine that it comes from @returns what was answered
 */
export async function run({ clients, ask }: Attack, url: string, from: string, signal: AbortSignal): Promise<Answers> {
  const answers: Answers = new Map()
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const send: Send = (path, { method = 'GET', headers = {}, body, held = false } = {}) =>
    new Promise((resolve) => {
      let status: number | 'none' = 'none'
      const sent = request(url + path, {
        agent: body ? new Agent() : agent,
        method,
        headers,
        signal,
        localAddress: from,
      })
      const over = () => {
        if (!signal.aborted || status !== 'none') answers.set(status, (answers.get(status) ?? 0) + 1)
        resolve()
      }
      sent.once('response', (answer) => {
        status = answer.statusCode ?? 'none'
        answer.resume()
        answer.on('error', () => undefined)
        if (!held || status !== 200) answer.once('end', () => sent.destroy())
      })
      sent.on('error', () => undefined)
      sent.once('close', over)
      if (body) write(sent, body, signal).catch(() => sent.destroy())
      else sent.end()
    })
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!signal.aborted) await ask(send)
    }),
  )
  agent.destroy()
  return answers
}
