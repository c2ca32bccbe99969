import { setImmediate as tick } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { batchPerTick } from './batching.ts'

/**
 * Calls, and look-ups that end when the test ends them. Each look-up answers with the moment at which it began.
 * @param onBegin called as soon as a look-up has begun
 */
function heldLookUps(onBegin: () => void = () => undefined) {
  let clock = 0
  const begun: PromiseWithResolvers<void>[] = []
  const sizes: number[] = []
  const lookUp = batchPerTick(async (keys: number[]) => {
    const began = ++clock
    const held = Promise.withResolvers<void>()
    begun.push(held)
    sizes.push(keys.length)
    onBegin()
    await held.promise
    return began
  })
  return {
    /** The number of calls that each look-up answers. */
    sizes,
    /** @returns when the call came, and when the look-up began that answered it */
    call: async () => {
      const came = ++clock
      return { came, began: await lookUp(came) }
    },
    end: (at: number) => begun[at]?.resolve(),
  }
}

it('answers the calls of one turn with one look-up', async () => {
  const { call, end, sizes } = heldLookUps()
  const calls = [call(), call(), Promise.resolve().then(call)]
  await tick()
  end(0)
  await Promise.all(calls)
  expect(sizes).toEqual([3])
})

it('answers no call with a look-up that began before it', async () => {
  const calls: ReturnType<typeof call>[] = []
  const { call, end, sizes } = heldLookUps(() => {
    if (calls.length < 400) calls.push(call())
  })
  let ended = 0
  for (let turn = 0; turn < 200; turn++) {
    calls.push(call())
    if (turn % 3 > 0 && ended < sizes.length) end(ended++)
    // At different moments of a turn.
    for (let moment = 0; moment < turn % 8; moment++) await undefined
    calls.push(call())
    if (turn % 4 > 0) await tick()
  }
  while (ended < sizes.length) {
    end(ended++)
    await tick()
  }
  const answers = await Promise.all(calls)
  expect(answers.length).toBeGreaterThanOrEqual(400)
  expect(answers.filter(({ came, began }) => began <= came)).toEqual([])
})
