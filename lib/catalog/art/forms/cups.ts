import { shade, type Tone } from '../colour.ts'
import { CREAM, type Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, gleam, lathe, opening } from '../shapes.ts'

const COFFEE: Tone = [0.36, 0.05, 48]
const CREMA: Tone = [0.66, 0.09, 62]

function steam(pen: Pen, x: number, y: number): void {
  for (const [dx, height] of [
    [-34, 96],
    [4, 130],
    [40, 90],
  ] as const) {
    pen.line(
      `M${x + dx} ${y}C${x + dx - 26} ${y - height * 0.35} ${x + dx + 26} ${y - height * 0.6} ${x + dx - 4} ${y - height}`,
      9,
      '#fff',
      0.34,
    )
  }
}

/** The surface of a drink inside an opening. */
function drink(pen: Pen, y: number, radius: number): void {
  pen.ellipse(
    400,
    y,
    radius,
    radius * 0.17,
    pen.glow(
      [
        [0, CREMA],
        [0.7, shade(CREMA, -0.08)],
        [1, COFFEE],
      ],
      [0.42, 0.4],
    ),
  )
}

export function mug(pen: Pen, { body, accent, detail }: Look): void {
  steam(pen, 380, 276)
  pen.shadow(420, FLOOR, 230, 34)
  pen.line('M522 386C620 372 628 540 512 546', 34, pen.flat(shade(body, -0.07)))
  pen.line('M524 380C606 372 610 528 516 538', 8, pen.flat(shade(body, 0.06)), 0.6)
  const outline = 'M244 320H548L536 604Q532 650 486 650H306Q260 650 256 604Z'
  pen.path(outline, pen.cylinder(body))
  if (detail === 0)
    pen.clipped(outline, () =>
      pen.path('M240 540C300 566 330 538 396 552S500 536 560 552V660H240Z', pen.cylinder(CREAM)),
    )
  else
    pen.clipped(outline, () => {
      for (const y of [440, 462, 484]) pen.line(`M240 ${y}Q396 ${y + 38} 552 ${y}`, 6, pen.flat(accent), 0.85)
    })
  pen.ellipse(396, 320, 152, 32, pen.flat(shade(body, 0.08)))
  pen.ellipse(
    396,
    323,
    141,
    27,
    pen.gradient([
      [0, shade(body, -0.16)],
      [1, shade(body, 0.02)],
    ]),
  )
  pen.ellipse(
    396,
    331,
    128,
    19,
    pen.glow(
      [
        [0, CREMA],
        [0.7, shade(CREMA, -0.08)],
        [1, COFFEE],
      ],
      [0.42, 0.4],
    ),
  )
  gleam(pen, 'M284 372L292 560', 13)
}

export function cupAndSaucer(pen: Pen, { body, accent, metal, detail }: Look): void {
  steam(pen, 400, 330)
  pen.shadow(400, FLOOR, 290, 36)
  pen.ellipse(400, 616, 262, 46, pen.cylinder(shade(body, -0.1)))
  pen.ellipse(
    400,
    604,
    262,
    46,
    pen.gradient([
      [0, body],
      [1, shade(body, 0.1)],
    ]),
  )
  pen.ellipse(400, 604, 150, 24, pen.flat(shade(body, -0.1)), 0.6)
  if (detail === 1) pen.line('M140 604A260 45 0 0 0 660 604', 6, pen.flat(accent))
  pen.line('M548 428C640 410 640 520 526 530', 26, pen.flat(shade(body, -0.06)))
  pen.path('M238 378H562C562 500 520 596 446 606H354C280 596 238 500 238 378Z', pen.cylinder(body))
  if (detail === 0) pen.path('M238 396Q400 440 562 396L560 418Q400 462 240 418Z', pen.flat(accent))
  opening(pen, 378, 162, body, shade(body, -0.05))
  drink(pen, 386, 140)
  gleam(pen, 'M280 440Q290 510 322 556', 12)
  pen.turned(-10, [560, 600], () => {
    pen.line('M520 606L650 604', 7, pen.flat(shade(metal, -0.02)))
    pen.ellipse(506, 606, 24, 9, pen.flat(shade(metal, 0.04)))
  })
}

export function tumbler(pen: Pen, { body, accent, metal, detail }: Look): void {
  pen.shadow(400, FLOOR, 170, 30)
  const outline = lathe([
    [114, 246],
    [110, 300],
    [96, 500],
    [84, 624],
    [78, FLOOR],
  ])
  pen.path(outline, pen.cylinder(detail === 0 ? body : CREAM))
  pen.clipped(outline, () => {
    pen.path('M270 356Q400 386 530 356V520Q400 550 270 520Z', pen.cylinder(detail === 0 ? accent : body))
    for (let x = 300; x <= 500; x += 20)
      pen.line(`M${x} 366L${400 + (x - 400) * 0.9} 534`, 2, pen.flat(shade(accent, -0.12)), 0.3)
    pen.path('M270 626Q400 648 530 626V660H270Z', pen.cylinder(metal))
  })
  pen.path(
    'M278 222Q280 202 400 200T522 222V246Q520 262 400 264T278 246Z',
    pen.cylinder(shade(detail === 0 ? accent : body, -0.06)),
  )
  pen.ellipse(
    400,
    216,
    116,
    18,
    pen.gradient([
      [0, shade(accent, -0.04)],
      [1, shade(accent, 0.08)],
    ]),
  )
  pen.rect(424, 206, 44, 12, 6, pen.flat(shade(accent, -0.2)))
  gleam(pen, 'M318 296L328 600', 11)
}
