/** What the previews of links have in common. */
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

/** Of the picture's own bytes: the renderer would otherwise fetch it over the network. */
export function pictureData(image: string): string | undefined {
  const svg = image.startsWith(ART_FOLDER) ? artByFile(image.slice(ART_FOLDER.length)) : undefined
  return svg && `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}

/** The mark and the name of the shop. */
export function Mark() {
  return (
    <div style={{ display: 'flex', alignItems: 'center' }}>
      <svg
        width="38"
        height="38"
        viewBox="0 0 24 24"
        fill="none"
        stroke={COLOURS.accent}
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M12 2.5 5.5 11h3L4 17.5h16L15.5 11h3z" fill={COLOURS.accent} />
        <path d="M12 17.5v4" />
      </svg>
      <div style={{ display: 'flex', marginLeft: 12, fontSize: 30, fontWeight: 600 }}>Evergreen</div>
    </div>
  )
}
