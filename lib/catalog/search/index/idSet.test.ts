import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IdSet } from './idSet.ts'

const END = 100
const ids = fc.array(fc.nat(END - 1), { maxLength: 2 * END })

it('has what a set of numbers has, and cuts it into the same pages', () => {
  fc.assert(
    fc.property(ids, ids, fc.nat(END), fc.nat(12), fc.constantFrom('asc', 'desc'), (added, deleted, ...page) => {
      const set = new IdSet(END)
      for (const id of added) set.add(id)
      for (const id of deleted) set.delete(id)
      const left = [...new Set(added).difference(new Set(deleted))].toSorted((a, b) => a - b)
      const visited: number[] = []
      set.forEach((id) => visited.push(id))
      expect(visited).toEqual(left)
      expect(set.size).toBe(left.length)
      expect(Array.from({ length: END + 8 }, (_, id) => id).filter((id) => set.has(id))).toEqual(left)
      const [offset, limit, direction] = page
      const inOrder = direction === 'asc' ? left : left.toReversed()
      expect(set.page(offset, limit, direction)).toEqual(inOrder.slice(offset, offset + limit))
    }),
    { numRuns: 200 },
  )
})
