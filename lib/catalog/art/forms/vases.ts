import { shade, type Tone } from '../colour.ts'
import { CREAM, type Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, gleam, lathe, leaf, opening, smooth } from '../shapes.ts'

const LEAF: Tone = [0.56, 0.07, 152]
const STRAW: Tone = [0.76, 0.07, 82]

/** A branch of eucalyptus: a bent stem with pairs of round leaves. */
function branch(pen: Pen, x: number, foot: number, lean: number, height: number, tone: Tone): void {
  pen.line(
    smooth([
      [x, foot],
      [x + lean * 0.3, foot - height * 0.5],
      [x + lean, foot - height],
    ]),
    4,
    pen.flat(shade(tone, -0.12)),
  )
  for (let i = 0; i < 5; i += 1) {
    const t = 0.36 + i * 0.14
    const at = [Math.round(x + lean * t * t), Math.round(foot - height * t)] as const
    leaf(pen, at, lean / 5 - 62, 52 - i * 3, 24 - i, shade(tone, 0.02 * (i % 3)))
    leaf(pen, at, lean / 5 + 62, 52 - i * 3, 24 - i, shade(tone, -0.04))
  }
  leaf(pen, [Math.round(x + lean), Math.round(foot - height)], lean / 5, 44, 14, shade(tone, 0.04))
}

/** Dried grass: fine stems with a plume. */
function plume(pen: Pen, x: number, foot: number, lean: number, height: number): void {
  pen.line(
    smooth([
      [x, foot],
      [x + lean * 0.35, foot - height * 0.55],
      [x + lean, foot - height],
    ]),
    3.5,
    pen.flat(shade(STRAW, -0.12)),
  )
  pen.turned(lean / 4.2, [Math.round(x + lean), Math.round(foot - height)], () => {
    const top = foot - height
    pen.path(
      `M${x + lean} ${top + 54}C${x + lean - 34} ${top + 10} ${x + lean - 20} ${top - 84} ${x + lean} ${top - 116}C${x + lean + 20} ${top - 84} ${x + lean + 34} ${top + 10} ${x + lean} ${top + 54}Z`,
      pen.gradient([
        [0, shade(STRAW, 0.12)],
        [1, shade(STRAW, -0.03)],
      ]),
    )
    for (const d of [-12, 0, 12])
      pen.line(
        `M${x + lean + d * 0.3} ${top + 40}Q${x + lean + d} ${top - 30} ${x + lean + d * 0.5} ${top - 88}`,
        2,
        pen.flat(shade(STRAW, -0.08)),
        0.6,
      )
  })
}

export function bottleVase(pen: Pen, { body, detail }: Look): void {
  if (detail === 0) {
    branch(pen, 396, 330, -92, 236, LEAF)
    branch(pen, 404, 330, 84, 208, shade(LEAF, 0.05))
  } else {
    plume(pen, 396, 330, -70, 118)
    plume(pen, 404, 330, 76, 104)
    plume(pen, 400, 330, 6, 150)
  }
  pen.shadow(400, FLOOR, 190, 32)
  pen.path(
    lathe([
      [38, 306],
      [33, 330],
      [33, 386],
      [64, 436],
      [112, 500],
      [122, 566],
      [98, 626],
      [80, FLOOR],
    ]),
    pen.cylinder(body),
  )
  opening(pen, 306, 38, body, shade(body, -0.22))
  gleam(pen, 'M318 506Q300 560 322 612', 11)
}

export function roundVase(pen: Pen, { body, accent, detail }: Look): void {
  branch(pen, 388, 400, -128, 270, LEAF)
  branch(pen, 412, 400, 122, 250, shade(LEAF, 0.04))
  branch(pen, 400, 400, 4, 316, shade(LEAF, 0.08))
  pen.shadow(400, FLOOR, 220, 34)
  const outline = lathe([
    [64, 384],
    [60, 402],
    [112, 436],
    [166, 510],
    [150, 596],
    [92, 640],
    [80, FLOOR],
  ])
  pen.path(outline, pen.ball(body))
  if (detail === 1)
    pen.clipped(outline, () => {
      pen.path('M200 520Q400 566 600 520V560Q400 606 200 560Z', pen.cylinder(accent), 0.9)
      pen.path('M200 576Q400 620 600 576V586Q400 630 200 586Z', pen.cylinder(CREAM), 0.9)
    })
  opening(pen, 384, 64, body, shade(body, -0.22))
  gleam(pen, 'M278 470Q258 512 270 556', 13)
}
