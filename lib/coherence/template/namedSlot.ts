import { sharedList, sharedText } from '../protocol/sharedTexts.ts'
import { nameOf, type Place, type Slot } from './parts.ts'

const PLACES = new Map<Place, Place>(
  (['html', 'script', 'value', 'string', 'stringStart', 'plain'] as const).map((place) => [place, place]),
)

/** A group of products has fewer; the rows of a whole page are of one page alone. */
const MOST_SHARED_TAGS = 8

/** A slot that is filled again and again, with its name. What other slots have as well is shared: alone it would take twice the memory. */
export function namedSlot({ leaf, tags, argument, place }: Slot): Slot {
  const name = nameOf({ leaf, tags, argument })
  const isShared = tags.length <= MOST_SHARED_TAGS
  return {
    leaf: sharedText(leaf),
    tags: isShared ? sharedList(tags.join()) : tags.map(sharedText),
    argument: isShared ? sharedText(argument) : argument,
    place: PLACES.get(place) ?? place,
    name: isShared ? sharedText(name) : name,
  }
}
