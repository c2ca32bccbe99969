import type { Line, Ordered, Shown } from './history.ts'

const said = (line: Line | undefined) =>
  line ? `${line.quantity} at version ${line.version} for ${line.amountCents} cents each` : 'none'

/** Finds the lines of an order that differ from those its shopper accepted. */
export function unaccepted({
  accepted,
  lines,
}: Pick<Ordered, 'accepted' | 'lines'>): { productId: number; shown: Shown | undefined; against: string }[] {
  const products = new Set([...accepted, ...lines].map(({ productId }) => productId))
  return [...products].flatMap((productId) => {
    const [form, shown] = [accepted, lines].map((list) => list.find((line) => line.productId === productId))
    if (said(form) === said(shown)) return []
    return [{ productId, shown, against: `the form said ${said(form)}, and the order has ${said(shown)}` }]
  })
}
