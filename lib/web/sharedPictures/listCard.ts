/** The home page or a category as the preview of a shared link. It shows no price: no message reaches a social network when there is a newer one. */
import type { ReactElement } from 'react'
import { box, card, CARD_SIZE, COLOURS, lettersWide, picture, signature } from './cardParts.ts'

export interface ListCard {
  readonly title: string
  /** Paths of product pictures. */
  readonly pictures: readonly string[]
}

/** So many pictures fill its width. */
export const LIST_PICTURES = 3
const HEIGHT = 340
const GAP = 6
const WIDTH = (CARD_SIZE.width - (LIST_PICTURES - 1) * GAP) / LIST_PICTURES

/** Longer titles are smaller, so that none leaves the picture. */
function titleSize(title: string): number {
  const width = lettersWide(title)
  if (width <= 14) return 92
  if (width <= 28) return 72
  return width <= 36 ? 60 : 50
}

export function listCard({ title, pictures }: ListCard): ReactElement {
  return card(
    { flexDirection: 'column' },
    box(
      { width: CARD_SIZE.width, height: HEIGHT, gap: GAP, backgroundColor: COLOURS.page },
      ...pictures.map((image) =>
        box({ width: WIDTH, height: HEIGHT, alignItems: 'center', overflow: 'hidden' }, picture(image, WIDTH)),
      ),
    ),
    box(
      { flexDirection: 'column', flexGrow: 1, padding: '36px 64px 44px' },
      box({ fontSize: titleSize(title), fontWeight: 800, lineHeight: 1.12, lineClamp: 2 }, title),
      signature({ marginTop: 'auto' }),
    ),
  )
}
