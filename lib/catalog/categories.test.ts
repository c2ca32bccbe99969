import { expect, it } from 'vitest'
import { childrenOf, deepestOf, nameIn, pathTo, topCategories } from './categories.ts'

const category = (id: number, parentId: number | null) => ({ id, parentId, slug: `c${id}`, names: { en: `C${id}` } })
const tree = [category(1, null), category(2, null), category(3, 1), category(4, 3)]

it('leads from the top of the tree to a category', () => {
  expect(pathTo(tree, 4).map((c) => c.id)).toEqual([1, 3, 4])
  expect(pathTo(tree, 99)).toEqual([])
})

it('ends on a tree that has a loop', () => {
  expect(pathTo([category(1, 2), category(2, 1)], 1)).toHaveLength(10)
})

it('takes the deepest of a product’s categories for its breadcrumbs', () => {
  expect(deepestOf(tree, [category(1, null), category(4, 3), category(3, 1)])?.id).toBe(4)
  expect(deepestOf(tree, [])).toBeUndefined()
})

it('separates the top from the children', () => {
  expect(topCategories(tree).map((c) => c.id)).toEqual([1, 2])
  expect(childrenOf(tree, 1).map((c) => c.id)).toEqual([3])
})

it('falls back to the English name', () => {
  expect(nameIn({ en: 'Home', de: 'Wohnen' }, 'de')).toBe('Wohnen')
  expect(nameIn({ en: 'Home' }, 'ja')).toBe('Home')
})
