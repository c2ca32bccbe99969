import { shade, type Tone } from '../colour.ts'
import type { Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, lathe } from '../shapes.ts'

const LIGHT: Tone = [0.97, 0.07, 92]

/** A pool of warm light around and below an opening. */
function light(pen: Pen, cx: number, cy: number, radius: number): void {
  pen.ellipse(
    cx,
    cy,
    radius,
    radius * 0.86,
    pen.glow([
      [0, LIGHT, 0.85],
      [0.35, LIGHT, 0.35],
      [1, LIGHT, 0],
    ]),
  )
}

function shadeOf(pen: Pen, top: number, bottom: number, narrow: number, wide: number, tone: Tone, cx = 400): void {
  const depth = wide * 0.13
  pen.ellipse(
    cx,
    bottom,
    wide,
    depth,
    pen.glow([
      [0, [0.99, 0.03, 95]],
      [0.6, LIGHT],
      [1, [0.88, 0.1, 82]],
    ]),
  )
  pen.path(
    `M${cx - narrow} ${top}Q${cx} ${top - narrow * 0.2} ${cx + narrow} ${top}L${cx + wide} ${bottom}Q${cx} ${bottom + depth * 1.7} ${cx - wide} ${bottom}Z`,
    pen.gradient(
      [
        [0, shade(tone, -0.03)],
        [0.3, shade(tone, 0.09)],
        [0.6, tone],
        [1, shade(tone, -0.13)],
      ],
      'right',
    ),
  )
  pen.path(
    `M${cx - wide} ${bottom}Q${cx} ${bottom + depth * 1.7} ${cx + wide} ${bottom}L${cx + wide * 0.965} ${bottom - 16}Q${cx} ${bottom + depth * 1.7 - 16} ${cx - wide * 0.965} ${bottom - 16}Z`,
    pen.flat(LIGHT),
    0.32,
  )
}

export function tableLamp(pen: Pen, { body, accent, metal, wood, detail }: Look): void {
  light(pen, 400, 430, 300)
  pen.shadow(400, FLOOR, 170, 30)
  if (detail === 0) {
    pen.path(
      lathe([
        [14, 396],
        [18, 436],
        [84, 500],
        [96, 560],
        [74, 624],
        [62, FLOOR - 4],
      ]),
      pen.cylinder(accent),
    )
    pen.line('M336 520Q322 556 336 600', 9, '#fff', 0.28)
  } else {
    pen.rect(390, 380, 20, 250, 6, pen.cylinder(wood))
    pen.path('M306 636Q306 616 400 614Q494 616 494 636V644Q494 656 400 656T306 644Z', pen.cylinder(wood))
  }
  pen.rect(388, 360, 24, 46, 5, pen.cylinder(metal))
  shadeOf(pen, 172, 366, 92, 168, body)
}

export function floorLamp(pen: Pen, { body, metal, wood, detail }: Look): void {
  if (detail === 0) {
    light(pen, 400, 300, 260)
    pen.shadow(400, FLOOR + 10, 160, 26)
    pen.line('M400 300L402 634', 8, pen.flat(shade(wood, -0.14)))
    pen.line('M400 300L310 658', 13, pen.flat(wood))
    pen.line('M400 300L490 658', 13, pen.flat(shade(wood, -0.05)))
    pen.rect(384, 270, 32, 44, 8, pen.cylinder(metal))
    shadeOf(pen, 108, 274, 96, 138, body)
    return
  }
  light(pen, 530, 330, 250)
  pen.shadow(312, FLOOR + 4, 150, 28)
  pen.ellipse(300, FLOOR - 6, 92, 20, pen.cylinder(shade(metal, -0.06)))
  pen.ellipse(
    300,
    FLOOR - 14,
    92,
    20,
    pen.gradient([
      [0, metal],
      [1, shade(metal, 0.08)],
    ]),
  )
  pen.line('M300 636V240C300 130 392 84 470 108C520 124 530 160 530 196', 10, pen.flat(shade(metal, -0.03)))
  pen.line('M297 630V240C297 132 390 88 468 111', 3, '#fff', 0.35)
  pen.ellipse(
    530,
    300,
    104,
    20,
    pen.glow([
      [0, [0.99, 0.03, 95]],
      [0.6, LIGHT],
      [1, [0.88, 0.1, 82]],
    ]),
  )
  pen.path('M426 300C426 226 470 188 530 188S634 226 634 300Q530 334 426 300Z', pen.cylinder(body))
}

export function pendantLamp(pen: Pen, { body, accent, metal, detail }: Look): void {
  light(pen, 400, 490, 330)
  pen.shadow(400, 690, 190, 30, 0.2)
  pen.line('M400 0V236', 5, pen.flat(shade(metal, -0.12)))
  pen.rect(378, 216, 44, 46, 12, pen.cylinder(metal))
  if (detail === 0) {
    pen.ellipse(
      400,
      440,
      208,
      34,
      pen.glow([
        [0, [0.99, 0.03, 95]],
        [0.6, LIGHT],
        [1, [0.88, 0.1, 82]],
      ]),
    )
    pen.path('M192 440C192 316 284 250 400 250S608 316 608 440Q400 504 192 440Z', pen.cylinder(body))
    pen.line('M236 380C254 328 290 296 332 280', 12, '#fff', 0.3)
    return
  }
  pen.ellipse(
    400,
    470,
    60,
    60,
    pen.glow([
      [0, [0.995, 0.02, 95]],
      [0.7, [0.97, 0.05, 92]],
      [1, [0.93, 0.08, 88]],
    ]),
  )
  pen.path(
    lathe([
      [36, 250],
      [70, 300],
      [120, 390],
      [186, 440],
    ]),
    pen.cylinder(body),
  )
  pen.path('M214 440Q400 506 586 440L590 452Q400 520 210 452Z', pen.cylinder(accent))
}
