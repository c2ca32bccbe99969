/** A shopper in a process of its own: reads pages at a steady rate, and says how long each took. */
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface Reads {
  /** Milliseconds from when each read was due, ascending. */
  readonly ms: readonly number[]
  /** Reads that were not answered 200. */
  readonly failed: number
}

const [, , url = '', seconds = '1', perSecond = '100'] = process.argv
const agent = new Agent({ keepAlive: true })

function read(): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { agent, headers: { 'accept-encoding': 'br' } }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
      answer.on('error', () => resolve(undefined))
    })
    sent.on('error', () => resolve(undefined))
    sent.end()
  })
}

const pauseMs = 1_000 / Number(perSecond)
const count = Number(seconds) * Number(perSecond)
const start = performance.now()
const ms: number[] = []
let failed = 0
const reads: Promise<void>[] = []
for (let i = 0; i < count; i++) {
  const due = start + i * pauseMs
  await delay(Math.max(0, due - performance.now()))
  reads.push(
    read().then((status) => {
      if (status !== 200) failed++
      ms.push(performance.now() - due)
    }),
  )
}
await Promise.all(reads)
agent.destroy()
process.send?.({ ms: ms.toSorted((one, other) => one - other), failed } satisfies Reads)
process.disconnect?.()
