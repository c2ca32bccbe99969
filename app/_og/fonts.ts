/** The display face for pictures: the renderer reads WOFF, not the WOFF2 and not the variable font of the pages. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

const FOLDER = 'node_modules/@fontsource/bricolage-grotesque/files'
const WEIGHTS = [400, 600, 800] as const

async function load() {
  return Promise.all(
    WEIGHTS.map(async (weight) => ({
      name: 'Bricolage Grotesque',
      weight,
      style: 'normal' as const,
      data: await readFile(path.join(process.cwd(), FOLDER, `bricolage-grotesque-latin-${weight}-normal.woff`)),
    })),
  )
}

let loaded: ReturnType<typeof load> | undefined

export function pictureFonts(): ReturnType<typeof load> {
  return (loaded ??= load())
}
