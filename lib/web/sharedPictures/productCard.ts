/** A product and its price as the preview of a shared link. */
import type { ReactElement, ReactNode } from 'react'
import { box, card, COLOURS, lettersWide, picture, signature } from './cardParts.ts'

/** In the language of the page that is shared. */
export interface ProductCard {
  readonly name: string
  readonly brand: string
  /** The path of its picture. */
  readonly image: string
  readonly amount: string
  /** The struck-through price, and the saving. */
  readonly reduction?: { readonly before: string; readonly saving: string }
  /** Since when that is the price. */
  readonly since: string
}

/** Longer names are smaller, so that the price never leaves the picture. */
function nameSize(name: string): number {
  const width = lettersWide(name)
  if (width <= 18) return 68
  return width <= 34 ? 56 : 44
}

function reduced({ before, saving }: NonNullable<ProductCard['reduction']>): ReactNode {
  return box(
    { alignItems: 'center', marginTop: 18 },
    box({ color: COLOURS.muted, fontSize: 32, textDecoration: 'line-through' }, before),
    box(
      {
        marginLeft: 18,
        padding: '6px 18px',
        borderRadius: 999,
        backgroundColor: COLOURS.soft,
        color: COLOURS.accent,
        fontSize: 26,
        fontWeight: 600,
      },
      saving,
    ),
  )
}

export function productCard({ name, brand, image, amount, reduction, since }: ProductCard): ReactElement {
  return card(
    {},
    box({ width: 630, height: 630, backgroundColor: COLOURS.sunken }, picture(image, 630)),
    box(
      { flexDirection: 'column', flexGrow: 1, width: 570, padding: '56px 56px 48px' },
      box({ color: COLOURS.muted, fontSize: 28, fontWeight: 600 }, brand),
      box(
        {
          marginTop: 10,
          fontSize: nameSize(name),
          fontWeight: 800,
          lineHeight: 1.08,
          letterSpacing: -1.5,
          lineClamp: 4,
        },
        name,
      ),
      box(
        { alignItems: 'flex-end', marginTop: 'auto' },
        box(
          {
            color: COLOURS.accent,
            fontSize: amount.length <= 9 ? 88 : 68,
            fontWeight: 800,
            lineHeight: 1,
            letterSpacing: -3,
          },
          amount,
        ),
      ),
      reduction ? reduced(reduction) : null,
      box({ marginTop: 14, color: COLOURS.muted, fontSize: 24 }, since),
      signature({ marginTop: 36, paddingTop: 24, borderTop: `2px solid ${COLOURS.line}` }),
    ),
  )
}
