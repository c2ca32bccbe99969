/**
 * A product and its price as the preview of a shared link. Drawn by satori: flexbox only, every style inline. Without JSX,
 * since a thread of Node loads it.
 */
import { createElement as h, type CSSProperties, type ReactElement, type ReactNode } from 'react'
import { artByFile, ART_FOLDER } from '#lib/catalog/art/index.ts'
import type { ProductAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { formatMoney, savingPercent } from '#lib/money/formatMoney.ts'

export const CARD_SIZE = { width: 1200, height: 630 } as const

const COLOURS = {
  page: '#fafbf8',
  sunken: '#f0f3ed',
  line: '#dde3d9',
  text: '#17211c',
  muted: '#55635b',
  accent: '#1c5a41',
  soft: '#e3efe6',
}
const MARK = 'M12 2.5 5.5 11h3L4 17.5h16L15.5 11h3z'

/** Of the picture's own bytes: the renderer would otherwise fetch it over the network. */
function pictureData(image: string): string | undefined {
  const svg = image.startsWith(ART_FOLDER) ? artByFile(image.slice(ART_FOLDER.length)) : undefined
  return svg && `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}

/** Longer names are smaller, so that the price never leaves the picture. */
function nameSize(name: string): number {
  if (name.length <= 18) return 68
  return name.length <= 34 ? 56 : 44
}

const box = (style: CSSProperties, ...children: ReactNode[]) =>
  h('div', { style: { display: 'flex', ...style } }, ...children)

function saving({ price }: ProductAtVersion): ReactNode {
  const percent = savingPercent(price.amountMinor, price.reducedFromMinor)
  if (percent <= 0 || price.reducedFromMinor === null) return null
  const before = formatMoney(price.reducedFromMinor, price.currency, 'en')
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
      `Save ${percent}%`,
    ),
  )
}

function mark(): ReactNode {
  return h(
    'svg',
    {
      width: 38,
      height: 38,
      viewBox: '0 0 24 24',
      fill: 'none',
      stroke: COLOURS.accent,
      strokeWidth: 2.2,
      strokeLinecap: 'round',
      strokeLinejoin: 'round',
    },
    h('path', { d: MARK, fill: COLOURS.accent }),
    h('path', { d: 'M12 17.5v4' }),
  )
}

export function productCard(product: ProductAtVersion): ReactElement {
  const { name, brand, image, price } = product
  const picture = pictureData(image)
  const amount = formatMoney(price.amountMinor, price.currency, 'en')
  const since = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(price.since))
  return box(
    {
      width: '100%',
      height: '100%',
      backgroundColor: COLOURS.page,
      color: COLOURS.text,
      fontFamily: 'Bricolage Grotesque',
    },
    box(
      { width: 630, height: 630, backgroundColor: COLOURS.sunken },
      picture === undefined ? null : h('img', { src: picture, width: 630, height: 630, alt: '' }),
    ),
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
      saving(product),
      box({ marginTop: 14, color: COLOURS.muted, fontSize: 24 }, `Price of ${since}`),
      box(
        { alignItems: 'center', marginTop: 36, paddingTop: 24, borderTop: `2px solid ${COLOURS.line}` },
        mark(),
        box({ marginLeft: 12, fontSize: 30, fontWeight: 600 }, 'Evergreen'),
      ),
    ),
  )
}
