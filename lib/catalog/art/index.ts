/**
 * Product pictures. A picture is a pure function of its file name, `dining-chair-sage-07-close.1f0c9a5be2d4.svg`:
 * form, colour, variant, view, and a hash of the bytes, so that it can be cached for ever and served without a query. The
 * view that lists show has no name.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { isForm } from './forms.ts'
import { COLOURS } from './palette.ts'
import { drawScene, VIEWS, type ArtSpec, type View } from './scene.ts'

export type { View }

/** Pictures of one form in one colour. */
export const ART_VARIANTS = 48
/** The path under which pictures are served. */
export const ART_FOLDER = '/images/products/'
const HASH_LENGTH = 12
const FILE = /^([a-z-]+)-([a-z]+)-(\d{2})(?:-([a-z]+))?\.([0-9a-f]{12})\.svg$/
/** The view of a file name that names none. */
const [WHOLE] = VIEWS

const hash = (svg: string) => createHash('sha256').update(svg).digest('hex').slice(0, HASH_LENGTH)
const stem = ({ form, colour, variant, view }: ArtSpec) =>
  `${form}-${colour}-${String(variant).padStart(2, '0')}${view === WHOLE ? '' : `-${view}`}`

/** A product page names all views of a product: drawing them takes a millisecond. */
const hashes = new LRUCache<string, string>({ max: 50_000 })

/** The address of a picture: `/images/products/dining-chair-sage-07.1f0c9a5be2d4.svg` */
export function artPath(seen: Omit<ArtSpec, 'view'> & Partial<ArtSpec>): string {
  const spec = { view: WHOLE, ...seen }
  const name = stem(spec)
  const known = hashes.get(name) ?? hash(drawScene(spec))
  hashes.set(name, known)
  return `${ART_FOLDER}${name}.${known}.svg`
}

/** The PNG of the picture. @param path of a drawn picture; another one is left as it is */
export function rasterArtPath(path: string): string {
  return path.startsWith(ART_FOLDER) ? path.replace(/\.svg$/, '.png') : path
}

/**
 * Today's address of the picture that had the address `path`.
 * @returns undefined when `path` is not that of a drawn picture
 */
export function currentArtPath(path: string): string | undefined {
  const wanted = path.startsWith(ART_FOLDER) ? parseFile(path.slice(ART_FOLDER.length)) : undefined
  return wanted && artPath(wanted.spec)
}

/** @returns the views of the product that lists show with the picture at `path`, that one first; it alone when it is none of ours */
export function galleryOf(path: string): readonly { readonly view: View; readonly path: string }[] {
  const shown = path.startsWith(ART_FOLDER) ? parseFile(path.slice(ART_FOLDER.length)) : undefined
  if (!shown) return [{ view: WHOLE, path }]
  const { spec } = shown
  return VIEWS.map((view) => ({ view, path: view === spec.view ? path : artPath({ ...spec, view }) }))
}

function parseFile(file: string): { spec: ArtSpec; hash: string } | undefined {
  const [, form, colourName, digits, viewName, given] = FILE.exec(file) ?? []
  const view = viewName === undefined ? WHOLE : VIEWS.find((candidate) => candidate === viewName && candidate !== WHOLE)
  const colour = COLOURS.find((candidate) => candidate === colourName)
  const variant = Number(digits)
  if (form === undefined || !isForm(form) || !colour || !view || given === undefined || variant >= ART_VARIANTS)
    return undefined
  return { spec: { form, colour, variant, view }, hash: given }
}

/** Drawn pictures: a page shows 24, and the same ones are asked for again by the next visitor. */
const drawn = new LRUCache<string, string>({ max: 2_000 })

/**
 * The picture behind a file name.
 * @returns undefined when there is no such picture or the hash is that of another one
 */
export function artByFile(file: string): string | undefined {
  const cached = drawn.get(file)
  if (cached !== undefined) return cached
  const wanted = parseFile(file)
  if (!wanted) return undefined
  const svg = drawScene(wanted.spec)
  if (hash(svg) !== wanted.hash) return undefined
  drawn.set(file, svg)
  return svg
}
