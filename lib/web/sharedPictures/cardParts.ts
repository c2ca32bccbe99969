/** The parts of the previews of links. Drawn by satori: flexbox only, every style inline. */
import { createElement as h, type CSSProperties, type ReactElement, type ReactNode } from 'react'
import { artByFile, ART_FOLDER } from '#lib/catalog/art/index.ts'

export const CARD_SIZE = { width: 1200, height: 630 } as const

export const COLOURS = {
  page: '#fafbf8',
  sunken: '#f0f3ed',
  line: '#dde3d9',
  text: '#17211c',
  muted: '#55635b',
  accent: '#1c5a41',
  soft: '#e3efe6',
}
const MARK = 'M12 2.5 5.5 11h3L4 17.5h16L15.5 11h3z'

/** Japanese and Korean letters come from the second and the third. */
const FACES = 'Bricolage Grotesque, Dela Gothic One, Do Hyeon'

export const box = (style: CSSProperties, ...children: ReactNode[]): ReactElement =>
  h('div', { style: { display: 'flex', ...style } }, ...children)

/** The ground of a card. */
export const card = (style: CSSProperties, ...children: ReactNode[]): ReactElement =>
  box(
    {
      width: '100%',
      height: '100%',
      backgroundColor: COLOURS.page,
      color: COLOURS.text,
      fontFamily: FACES,
      ...style,
    },
    ...children,
  )

/** @param image the path of a drawing @returns it from its own bytes: the renderer would otherwise fetch it over the network */
export function picture(image: string, size: number): ReactNode {
  const svg = image.startsWith(ART_FOLDER) ? artByFile(image.slice(ART_FOLDER.length)) : undefined
  if (svg === undefined) return null
  const src = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  return h('img', { src, width: size, height: size, alt: '' })
}

/** The width of a text, in letters. One of Japanese or Korean counts as two. */
export function lettersWide(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0)
}

/** The mark and the name of the shop. */
export function signature(style: CSSProperties = {}): ReactNode {
  const mark = h(
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
  return box(
    { alignItems: 'center', ...style },
    mark,
    box({ marginLeft: 12, fontSize: 30, fontWeight: 600 }, 'Evergreen'),
  )
}
