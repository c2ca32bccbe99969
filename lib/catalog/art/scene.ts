import { shade, type Tone } from './colour.ts'
import { drawForm, type Form } from './forms.ts'
import { lookOf, type Colour, type Look } from './palette.ts'
import { createPen, type Pen } from './pen.ts'

/** What a picture shows: together with the generator it decides every byte. */
export interface ArtSpec {
  readonly form: Form
  readonly colour: Colour
  readonly variant: number
}

const SIZE = 800
const HORIZON = 560

/** The picture as SVG. It brings its own background, so it looks the same on light and dark pages. */
export function drawScene({ form, colour, variant }: ArtSpec): string {
  const pen = createPen()
  const look = lookOf(colour, variant)
  drawRoom(pen, look)
  drawForm(form, pen, look)
  return pen.svg(SIZE)
}

function drawRoom(pen: Pen, { wall, backdrop }: Look): void {
  pen.rect(
    0,
    0,
    SIZE,
    SIZE,
    0,
    pen.glow(
      [
        [0, shade(wall, 0.035)],
        [0.6, wall],
        [1, shade(wall, -0.045)],
      ],
      [0.3, 0.2],
    ),
  )
  BACKDROPS[backdrop]?.(pen, wall)
  // The floor runs up into the wall without an edge, as in a photographer's studio.
  const floor = shade(wall, -0.05)
  pen.rect(
    0,
    HORIZON - 60,
    SIZE,
    SIZE - HORIZON + 60,
    0,
    pen.gradient([
      [0, floor, 0],
      [0.3, floor, 0.75],
      [1, shade(floor, 0.03), 0.9],
    ]),
  )
}

/** Darker and richer: a wall in shade is not a grey wall. */
const deeper = ([lightness, chroma, hue]: Tone, by: number): Tone => [lightness - by, chroma + by * 0.45, hue]

const BACKDROPS: readonly ((pen: Pen, wall: Tone) => void)[] = [
  (pen, wall) =>
    pen.ellipse(
      400,
      380,
      262,
      262,
      pen.gradient([
        [0, deeper(wall, 0.07)],
        [1, deeper(wall, 0.012)],
      ]),
    ),
  (pen, wall) =>
    pen.path(
      'M170 640V350a230 230 0 0 1 460 0V640Z',
      pen.gradient([
        [0, deeper(wall, 0.065)],
        [1, deeper(wall, 0.01)],
      ]),
    ),
  // Window light on the wall.
  (pen, wall) =>
    pen.turned(-14, [400, 350], () => {
      for (const [x, y] of [
        [150, 60],
        [415, 60],
        [150, 330],
        [415, 330],
      ] as const) {
        pen.rect(x, y, 245, 250, 6, pen.flat(shade(wall, 0.05)), 0.62)
      }
    }),
  (pen, wall) => {
    pen.path(
      'M0 470C120 330 250 400 360 330S620 130 800 210V640H0Z',
      pen.gradient([
        [0, deeper(wall, 0.055)],
        [1, deeper(wall, 0.01)],
      ]),
    )
    pen.ellipse(610, 190, 78, 78, pen.flat(shade(wall, 0.05)))
  },
]
