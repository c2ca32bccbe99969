import { describe, expect, test } from 'vitest'
import { DRAWN_FORMS } from './forms.ts'
import { ART_VARIANTS, artByFile, ART_FOLDER, artPath, currentArtPath, galleryOf } from './index.ts'
import { COLOURS } from './palette.ts'
import { drawScene, VIEWS } from './scene.ts'

const MAX_BYTES = 12_000
const fileOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const mug = { form: 'mug', colour: 'sage', variant: 7, view: 'whole' } as const

describe.each(DRAWN_FORMS)('the picture of a %s', (form) => {
  // Each colour, each variant and each view of it once.
  const pictures = Array.from({ length: ART_VARIANTS }, (_, variant) =>
    VIEWS.map((view) => drawScene({ form, colour: COLOURS[variant % COLOURS.length] ?? 'sage', variant, view })),
  ).flat()

  test('is small, complete and refers to nothing outside itself', () => {
    const wrong = pictures.filter(
      (svg) => svg.length > MAX_BYTES || /NaN|undefined|null|Infinity|<script|<image|href|\bon\w+=/.test(svg),
    )
    expect(wrong).toEqual([])
  })

  test('uses the gradients that it defines, and no others', () => {
    for (const svg of pictures) {
      const defined = new Set([...svg.matchAll(/ id="(\w+)"/g)].map((match) => match[1]))
      const used = new Set([...svg.matchAll(/url\(#(\w+)\)/g)].map((match) => match[1]))
      expect([...used].toSorted()).toEqual([...defined].toSorted())
    }
  })

  test('closes what it opens', () => {
    for (const svg of pictures) {
      const open: string[] = []
      for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
        if (close) expect(open.pop()).toBe(name)
        else if (!self && name) open.push(name)
      }
      expect(open).toEqual([])
    }
  })

  test('differs from variant to variant, and from view to view', () => {
    expect(new Set(pictures).size).toBe(pictures.length)
  })
})

describe('the address of a picture', () => {
  test('says what it shows and is the same every time', () => {
    expect(artPath(mug)).toMatch(/^\/images\/products\/mug-sage-07\.[0-9a-f]{12}\.svg$/)
    expect(artPath({ ...mug })).toBe(artPath(mug))
    expect(artByFile(fileOf(artPath(mug)))).toBe(drawScene(mug))
  })

  test('leads to the other views of the same product, that one first', () => {
    const gallery = galleryOf(artPath(mug))
    expect(gallery.map(({ view }) => view)).toEqual(VIEWS)
    expect(gallery[0]?.path).toBe(artPath(mug))
    for (const { view, path } of gallery) expect(artByFile(fileOf(path))).toBe(drawScene({ ...mug, view }))
    expect(galleryOf('https://cdn.example/own.jpg')).toEqual([{ view: 'whole', path: 'https://cdn.example/own.jpg' }])
  })

  test('is not that of another picture', () => {
    const paths = COLOURS.flatMap((colour) =>
      Array.from({ length: ART_VARIANTS }, (_, variant) => artPath({ form: 'teapot', colour, variant })),
    )
    expect(new Set(paths.map((path) => path.split('.')[1])).size).toBe(paths.length)
  })

  test.each([
    ['another hash', 'mug-sage-07.000000000000.svg'],
    ['an unknown form', 'toaster-sage-07.000000000000.svg'],
    ['an inherited name', 'constructor-sage-07.000000000000.svg'],
    ['an unknown colour', 'mug-beige-07.000000000000.svg'],
    ['a variant too far', `mug-sage-${ART_VARIANTS}.000000000000.svg`],
    ['no hash', 'mug-sage-07.svg'],
    ['an unknown view', 'mug-sage-07-back.000000000000.svg'],
    ['a second name of the first view', artPath(mug).slice(ART_FOLDER.length).replace('-07.', '-07-whole.')],
    ['a path', '../mug-sage-07.000000000000.svg'],
  ])('with %s leads nowhere', (_, file) => {
    expect(artByFile(file)).toBeUndefined()
  })

  test('with the hash of a sister picture leads nowhere', () => {
    const other = fileOf(artPath({ ...mug, variant: 8 })).replace('-08.', '-07.')
    expect(artByFile(other)).toBeUndefined()
  })

  test('of a former release leads to that of today; one that was never ours stays', () => {
    expect(currentArtPath('/images/products/mug-sage-07.000000000000.svg')).toBe(artPath(mug))
    expect(currentArtPath('https://cdn.example/own.jpg')).toBeUndefined()
  })
})
