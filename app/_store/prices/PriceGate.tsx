import { hideOutdated } from './hideOutdated.ts'
import { PRICES_KEY, SEEN_KEY } from './storageKeys.ts'

/** The same in each document, so that a content security policy needs one hash for it. */
const SCRIPT = `(${hideOutdated.toString()})(${JSON.stringify(PRICES_KEY)},${JSON.stringify(SEEN_KEY)})`

/** Stands before the first price of a document. See hideOutdated. */
export function PriceGate() {
  // oxlint-disable-next-line react/no-danger -- a constant of the build
  return <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
}
