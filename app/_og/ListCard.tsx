/** The home page or a category as the preview of a shared link, in one language. Drawn by satori: flexbox only, every style inline. */
import { COLOURS, Mark, pictureData } from './parts.tsx'

export interface ListCardProps {
  readonly title: string
  /** Paths of up to three product pictures. */
  readonly pictures: readonly string[]
}

const SMALL = 340
const LARGE = 1200

/** Longer titles are smaller, so that none leaves the picture. A letter of Japanese or Korean is as wide as two. */
function titleSize(title: string): number {
  const width = Array.from(title).reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0)
  if (width <= 14) return 92
  if (width <= 28) return 72
  return width <= 48 ? 60 : 50
}

export function ListCard({ title, pictures }: ListCardProps) {
  return (
    <div
      style={{
        display: 'flex',
        flexDirection: 'column',
        width: '100%',
        height: '100%',
        backgroundColor: COLOURS.page,
        color: COLOURS.text,
        fontFamily: 'Bricolage Grotesque, Dela Gothic One, Do Hyeon',
      }}
    >
      <div style={{ display: 'flex', width: LARGE, height: SMALL, gap: 4, backgroundColor: COLOURS.line }}>
        {pictures.map(pictureData).map((data, i) =>
          data === undefined ? null : (
            <div
              key={i}
              style={{ display: 'flex', flexGrow: 1, justifyContent: 'center', backgroundColor: COLOURS.sunken }}
            >
              {/* oxlint-disable-next-line nextjs/no-img-element -- drawn into a picture, not into a page */}
              <img src={data} width={SMALL} height={SMALL} alt="" />
            </div>
          ),
        )}
      </div>
      <div style={{ display: 'flex', flexDirection: 'column', flexGrow: 1, padding: '36px 64px 44px' }}>
        <div style={{ display: 'flex', fontSize: titleSize(title), fontWeight: 800, lineHeight: 1.12, lineClamp: 2 }}>
          {title}
        </div>
        <div style={{ display: 'flex', marginTop: 'auto' }}>
          <Mark />
        </div>
      </div>
    </div>
  )
}
