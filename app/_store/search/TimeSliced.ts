import { setImmediate as nextTurn } from 'node:timers/promises'
import { Children, createElement, type ReactNode } from 'react'

async function Later({ turns, children }: { turns: number; children?: ReactNode }): Promise<ReactNode> {
  for (let i = 0; i < turns; i++) await nextTurn()
  return children
}

/**
 * Renders its children a few at a time, each few in a turn of the event loop of its own. A page that is made for one request has the
 * thread for as long as it renders, and hits of the page cache, which take a millisecond, would all wait for the whole of it.
 * @param each how many are rendered in one turn
 */
export function TimeSliced({ each, children }: { each: number; children?: ReactNode }): ReactNode {
  const all = Children.toArray(children)
  const slices = Array.from({ length: Math.ceil(all.length / each) }, (_, i) => all.slice(i * each, (i + 1) * each))
  return slices.map((slice, turns) => createElement(Later, { key: turns, turns }, slice))
}
