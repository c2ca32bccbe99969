/** The faces of pictures: the renderer reads WOFF, not the WOFF2 and not the variable font of the pages. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

const FOLDER = 'node_modules/@fontsource'
/** Japanese and Korean are not in the display face. Without a font at hand the renderer would ask a server abroad for one. */
const FACES = [
  ['Bricolage Grotesque', 400, 'bricolage-grotesque/files/bricolage-grotesque-latin-400-normal.woff'],
  ['Bricolage Grotesque', 600, 'bricolage-grotesque/files/bricolage-grotesque-latin-600-normal.woff'],
  ['Bricolage Grotesque', 800, 'bricolage-grotesque/files/bricolage-grotesque-latin-800-normal.woff'],
  ['Dela Gothic One', 400, 'dela-gothic-one/files/dela-gothic-one-japanese-400-normal.woff'],
  ['Do Hyeon', 400, 'do-hyeon/files/do-hyeon-korean-400-normal.woff'],
] as const

async function load() {
  return Promise.all(
    FACES.map(async ([name, weight, file]) => ({
      name,
      weight,
      style: 'normal' as const,
      data: await readFile(path.join(process.cwd(), FOLDER, file)),
    })),
  )
}

let loaded: ReturnType<typeof load> | undefined

export function pictureFonts(): ReturnType<typeof load> {
  return (loaded ??= load())
}
