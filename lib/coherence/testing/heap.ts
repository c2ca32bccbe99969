import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

function heapUsed(): number {
  if (typeof collect !== 'function') throw new Error('no collector')
  collect()
  collect()
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
