import { Checker, type Verdict } from './checker.ts'
import type { Edge } from './overtaken.ts'
import type { Committed, HistoryEvent, Stocked } from './history.ts'
import type { Versions } from './wholeCommits.ts'

/**
 * The verdict over a whole history.
 */
export function check(
  history: Iterable<HistoryEvent>,
  committed: Iterable<Committed>,
  { stocks, edge }: { readonly stocks?: Iterable<Stocked>; readonly edge?: Edge } = {},
): Verdict {
  const checker = new Checker(edge)
  const open = new Map<readonly number[], (versions: Versions | undefined) => void>()
  for (const event of history) {
    if (event.type === 'together') {
      const { products, versions } = event.together
      if (versions) open.get(products)?.(new Map(products.map((id, i) => [id, versions[i] ?? 0])))
      else open.set(products, checker.together.begin(products))
    } else if (event.type === 'read') checker.read(event.read)
    else if (event.type === 'order') checker.ordered(event.order)
    else if (event.type === 'write') checker.wrote(event.write)
    else checker.live(event.live)
  }
  return checker.finish(committed, stocks)
}
