import { shade, type Tone } from '../colour.ts'
import { CREAM, INK, type Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, gleam } from '../shapes.ts'

export function overEarHeadphones(pen: Pen, { body, accent, metal, detail }: Look): void {
  pen.shadow(400, FLOOR + 14, 250, 30)
  pen.line('M216 446C196 232 282 150 400 150S604 232 584 446', 40, pen.flat(shade(body, -0.08)))
  pen.line('M214 430C198 234 284 158 400 158', 9, '#fff', 0.25)
  pen.line('M250 330C262 232 322 196 400 196S538 232 550 330', 20, pen.flat(shade(detail === 0 ? accent : body, -0.12)))
  pen.mirrored(() => {
    pen.rect(203, 382, 26, 110, 10, pen.cylinder(metal))
    pen.turned(-5, [250, 520], () => {
      pen.rect(244, 400, 74, 224, 36, pen.cylinder(shade(INK, 0.06)))
      pen.rect(178, 392, 96, 240, 46, pen.cylinder(body))
      pen.rect(196, 432, 34, 160, 17, pen.flat(shade(body, -0.07)), 0.75)
      if (detail === 1) pen.ellipse(213, 512, 9, 9, pen.flat(accent))
    })
  })
}

export function earbuds(pen: Pen, { body, accent, detail }: Look): void {
  pen.shadow(400, FLOOR, 260, 36)
  // The open lid, the two buds in front of it, and the case.
  pen.path(
    'M206 470Q196 300 262 292H538Q604 300 594 470Z',
    pen.gradient([
      [0, shade(body, 0.05)],
      [1, shade(body, -0.08)],
    ]),
  )
  pen.path(
    'M232 470Q224 322 274 316H526Q576 322 568 470Z',
    pen.gradient([
      [0, shade(body, -0.2)],
      [1, shade(body, -0.12)],
    ]),
  )
  pen.mirrored(() => {
    const bud: Tone = detail === 0 ? CREAM : shade(body, 0.06)
    pen.turned(-6, [330, 420], () => {
      pen.ellipse(284, 388, 22, 26, pen.ball([0.62, 0.008, 265]))
      pen.path(
        'M286 366Q304 350 334 352Q374 358 374 400V540H336V440Q310 440 290 416Q280 392 286 366Z',
        pen.gradient(
          [
            [0, shade(bud, 0.05)],
            [0.6, bud],
            [1, shade(bud, -0.12)],
          ],
          'right',
        ),
      )
      pen.rect(348, 384, 8, 44, 4, pen.flat(shade(bud, -0.16)))
    })
  })
  pen.path('M192 470H608V560Q608 646 522 646H278Q192 646 192 560Z', pen.cylinder(body))
  pen.path('M192 470H608V482Q400 502 192 482Z', pen.flat(shade(body, -0.14)), 0.6)
  pen.ellipse(400, 566, 8, 8, pen.flat(detail === 0 ? [0.8, 0.16, 150] : accent))
  gleam(pen, 'M232 512V560Q234 600 262 612', 11)
}

export function laptop(pen: Pen, { body, accent, wall, detail }: Look): void {
  pen.shadow(400, 616, 350, 34)
  pen.rect(172, 208, 456, 306, 22, pen.face(shade(body, -0.03)))
  pen.rect(184, 220, 432, 284, 12, pen.flat([0.22, 0.012, 270]))
  const screen = 'M194 230H606V494H194Z'
  pen.clipped(screen, () => {
    const sky: Tone = detail === 0 ? shade(accent, 0.12) : [0.62, 0.1, 262]
    pen.rect(
      194,
      230,
      412,
      264,
      0,
      pen.gradient([
        [0, shade(sky, -0.1)],
        [1, [0.9, 0.07, 65]],
      ]),
    )
    pen.ellipse(500, 330, 46, 46, pen.flat([0.95, 0.06, 88]), 0.95)
    pen.path('M194 430C270 360 330 400 396 372S540 350 606 420V494H194Z', pen.flat(shade(sky, -0.12)), 0.75)
    pen.path('M194 468C290 410 370 452 448 430S560 420 606 450V494H194Z', pen.flat(shade(sky, -0.24)), 0.85)
    pen.path('M194 230H420L270 494H194Z', '#fff', 0.07)
  })
  pen.path(
    'M172 512H628L706 596H94Z',
    pen.gradient([
      [0, shade(body, -0.07)],
      [1, shade(body, 0.06)],
    ]),
  )
  pen.path('M206 522H594L630 562H170Z', pen.flat(shade(body, -0.16)))
  for (let row = 0; row < 4; row += 1) {
    const y = 526 + row * 9
    const half = 190 + row * 9
    for (let key = 0; key < 13; key += 1) {
      const x = 400 - half + (key * 2 * half) / 13
      pen.rect(x + 1.5, y, (2 * half) / 13 - 3, 6.5, 2, pen.flat(body[0] > 0.6 ? [0.97, 0.004, 90] : [0.3, 0.01, 270]))
    }
  }
  pen.path('M340 568H460L468 590H332Z', pen.flat(shade(body, -0.05)))
  pen.path('M94 596H706V602Q706 616 690 616H110Q94 616 94 602Z', pen.face(shade(body, -0.1)))
  pen.rect(356, 596, 88, 7, 3.5, pen.flat(shade(wall, -0.35)), 0.35)
}

function driver(pen: Pen, cy: number, radius: number, ring: Tone): void {
  pen.ellipse(380, cy, radius, radius, pen.flat(shade(ring, 0.02)))
  pen.ellipse(
    380,
    cy,
    radius * 0.9,
    radius * 0.9,
    pen.glow([
      [0, [0.2, 0.01, 265]],
      [0.75, [0.32, 0.012, 265]],
      [1, [0.24, 0.01, 265]],
    ]),
  )
  pen.ellipse(380, cy, radius * 0.66, radius * 0.66, pen.ball([0.36, 0.012, 265]))
  pen.ellipse(380, cy, radius * 0.26, radius * 0.26, pen.ball(ring))
}

export function shelfSpeaker(pen: Pen, { body, wood, metal, detail }: Look): void {
  const side = detail === 0 ? wood : body
  pen.shadow(412, FLOOR, 210, 34)
  pen.path(
    'M512 162L572 186Q580 190 580 200V622Q580 632 572 634L512 648Z',
    pen.gradient([
      [0, shade(side, -0.14)],
      [1, shade(side, -0.24)],
    ]),
  )
  pen.rect(
    246,
    160,
    270,
    490,
    18,
    pen.gradient(
      [
        [0, shade(side, 0.05)],
        [1, shade(side, -0.05)],
      ],
      'diagonal',
    ),
  )
  pen.rect(
    262,
    176,
    238,
    458,
    10,
    pen.gradient(
      [
        [0, shade(body, 0.03)],
        [1, shade(body, -0.06)],
      ],
      'diagonal',
    ),
  )
  driver(pen, 280, 56, metal)
  driver(pen, 462, 100, metal)
  pen.rect(338, 588, 84, 16, 8, pen.flat(shade(body, -0.26)))
  pen.ellipse(284, 612, 4, 4, pen.flat([0.85, 0.14, 150]))
}

export function roundSpeaker(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.shadow(400, FLOOR, 210, 34)
  const outline = 'M236 264H564V584Q564 650 498 650H302Q236 650 236 584Z'
  pen.path(outline, pen.cylinder(body))
  pen.clipped(outline, () => {
    for (let row = 0; row < 17; row += 1) {
      const y = 300 + row * 18
      pen.line(`M236 ${y}Q400 ${y + 42} 564 ${y}`, 3.5, pen.flat(shade(body, -0.15)), 0.42)
    }
    pen.path('M236 590Q400 634 564 590V660H236Z', pen.cylinder(detail === 0 ? wood : shade(accent, -0.04)))
  })
  pen.ellipse(400, 264, 164, 40, pen.cylinder(detail === 0 ? wood : shade(accent, -0.02)))
  pen.ellipse(
    400,
    260,
    140,
    32,
    pen.gradient([
      [0, [0.2, 0.01, 265]],
      [1, [0.36, 0.012, 265]],
    ]),
  )
  pen.line('M306 266A94 20 0 0 0 494 266', 5, pen.flat([0.86, 0.12, 195]), 0.9)
  pen.rect(352, 446, 96, 26, 13, pen.flat(shade(body, 0.1)), 0.9)
  pen.ellipse(378, 459, 5, 5, pen.flat(shade(body, -0.2)))
  pen.rect(392, 456, 40, 6, 3, pen.flat(shade(body, -0.2)), 0.7)
}
