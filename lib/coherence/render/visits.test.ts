import { expect, it } from 'vitest'
import { Visits } from './visits.ts'

function visited(visits: Visits, times: Record<string, number>): void {
  for (const [page, count] of Object.entries(times)) for (let i = 0; i < count; i++) visits.count(page)
}

it('the most visited pages come first', () => {
  const visits = new Visits()
  visited(visits, { '/a': 3, '/b': 9, '/c': 5 })
  expect(visits.mostVisited(2)).toEqual(['/b', '/c'])
})

it('a crawler that asks for every page once does not push out what shoppers ask for', () => {
  const visits = new Visits()
  for (let i = 0; i < 100_000; i++) {
    visits.count(`/rare/${i}`)
    if (i % 1_000 === 0) visits.count('/popular')
  }
  expect(visits.mostVisited(1)).toEqual(['/popular'])
})

it('forgets pages that were popular yesterday for those that are popular now', () => {
  let minutes = 0
  const visits = new Visits(() => minutes * 60_001)
  visited(visits, { '/yesterday': 1_000 })
  for (minutes = 1; minutes < 12; minutes++) visited(visits, { '/now': 3 })
  expect(visits.mostVisited(1)).toEqual(['/now'])
})
