import { sharedList, sharedText } from '../protocol/sharedTexts.ts'
import { nameOf, type Place, type Slot } from './parts.ts'

const PLACES = new Map<Place, Place>(
  (['html', 'script', 'value', 'string', 'stringStart', 'plain'] as const).map((place) => [place, place]),
)

/** A slot that is filled again and again, with its name. What other slots have as well is shared: alone it would take twice the memory. */
export function namedSlot({ leaf, tags, argument, place }: Slot): Slot {
  const name = nameOf({ leaf, tags, argument })
  const [tag] = tags
  // What follows from several rows is of one page alone.
  const isAlone = tag === undefined || tags.length > 1
  return {
    leaf: sharedText(leaf),
    tags: isAlone ? tags.map(sharedText) : sharedList(tag),
    argument: isAlone ? argument : sharedText(argument),
    place: PLACES.get(place) ?? place,
    name: isAlone ? name : sharedText(name),
  }
}
