import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { youngHeapGrowth } from '#lib/coherence/testing/heap.ts'
import { InFlight } from './inFlight.ts'

const CONNECTIONS = 16
const ANSWERS = 4_000
const WORDS = 1_000

it('holds on to no answer that is over, also before V8 has collected its whole heap', () => {
  const inFlight = new InFlight()
  const sockets = Array.from({ length: CONNECTIONS }, () => new Socket())
  const underWay: ServerResponse[] = []
  const answer = (i: number) => {
    const request = new IncomingMessage(sockets[i % CONNECTIONS] ?? new Socket())
    const response = Object.assign(new ServerResponse(request), { body: Array.from({ length: WORDS }, () => i) })
    inFlight.follow(response)
    underWay.push(response)
    if (underWay.length === CONNECTIONS) underWay.shift()?.emit('close')
  }
  for (let i = 0; i < 2 * CONNECTIONS; i++) answer(i)
  const bytes = youngHeapGrowth(() => {
    for (let i = 0; i < ANSWERS; i++) answer(i)
  })
  expect(bytes / ANSWERS / (WORDS * 8)).toBeLessThan(0.1)
})
