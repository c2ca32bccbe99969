import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

function heapUsed(type: 'major' | 'minor' = 'major'): number {
  if (typeof collect !== 'function') throw new Error('no collector')
  collect({ type })
  collect({ type })
  return process.memoryUsage().heapUsed
}

/** The bytes in the heap of so many things that are kept, each: of the later ones, as the first makes what all share. */
export function heapBytesOfEach(count: number, make: () => unknown): number {
  const kept = [make()]
  const before = heapUsed()
  for (let i = 0; i < count; i++) kept.push(make())
  const bytes = heapUsed() - before
  return kept.length > count ? bytes / count : Infinity
}

/** The bytes that are still there after `run` when V8 has collected only what is young, as it does dozens of times a second under load. */
export function youngHeapGrowth(run: () => void): number {
  const before = heapUsed()
  run()
  return heapUsed('minor') - before
}
