import { shade, type Tone } from '../colour.ts'
import { CREAM, type Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR } from '../shapes.ts'

const GUM: Tone = [0.66, 0.09, 62]

function sole(pen: Pen, { body, detail }: Look): void {
  const tone = detail === 0 ? CREAM : GUM
  pen.path(
    'M120 562C112 600 118 640 168 644C300 652 480 650 640 646C684 644 694 606 688 548C560 590 240 600 120 562Z',
    pen.gradient([
      [0, shade(tone, 0.02)],
      [1, shade(tone, -0.1)],
    ]),
  )
  pen.line('M126 606C260 626 520 626 688 596', 4, pen.flat(shade(tone, -0.16)), 0.55)
  pen.path(
    'M130 630Q140 644 168 644C300 652 480 650 640 646Q668 644 680 626C540 640 260 642 130 630Z',
    pen.flat(shade(detail === 0 ? GUM : body, -0.1)),
  )
}

function laces(pen: Pen, rungs: readonly (readonly [number, number])[], tone: Tone): void {
  for (const [x, y] of rungs) {
    pen.line(`M${x} ${y}Q${x + 22} ${y + 2} ${x + 46} ${y + 22}`, 9, pen.flat(shade(tone, -0.12)), 0.5)
    pen.line(`M${x} ${y - 3}Q${x + 22} ${y - 1} ${x + 46} ${y + 19}`, 9, pen.flat(tone))
  }
}

function foot(pen: Pen, { body, accent }: Look, collar: string): void {
  const outline = `M124 566C116 520 140 486 190 474C252 460 296 428 340 376${collar}C690 470 694 520 688 560C560 596 240 602 124 566Z`
  pen.path(
    outline,
    pen.gradient([
      [0, shade(body, 0.07)],
      [0.5, body],
      [1, shade(body, -0.1)],
    ]),
  )
  pen.clipped(outline, () => {
    // Toe cap, side panel and heel.
    pen.path(
      'M100 600V440H214C262 474 282 530 268 604Z',
      pen.gradient([
        [0, shade(body, 0.05)],
        [1, shade(body, -0.05)],
      ]),
    )
    pen.line('M214 452C262 484 282 536 270 604', 3, pen.flat(shade(body, -0.2)), 0.6)
    pen.path('M340 600C360 540 420 486 520 462L548 500C470 520 420 560 408 604Z', pen.flat(accent), 0.92)
    pen.path('M470 600C480 560 520 528 580 512L596 548C556 560 530 580 524 604Z', pen.flat(accent), 0.92)
    pen.path(
      'M628 380C610 450 612 540 624 600H720V360Z',
      pen.gradient([
        [0, shade(body, -0.08)],
        [1, shade(body, -0.18)],
      ]),
    )
    pen.line('M628 380C610 450 612 540 624 600', 3, pen.flat(shade(body, -0.25)), 0.6)
  })
}

export function lowTop(pen: Pen, look: Look): void {
  const { body, accent, detail } = look
  pen.shadow(404, FLOOR + 2, 330, 34)
  pen.path(
    'M356 392C372 330 404 300 440 306C462 312 470 338 464 372L440 440Z',
    pen.gradient(
      [
        [0, shade(body, -0.02)],
        [1, shade(body, -0.14)],
      ],
      'right',
    ),
  )
  pen.path('M440 366C500 400 590 388 640 352L664 420H430Z', pen.flat(shade(body, -0.25)))
  foot(pen, look, 'C366 350 392 338 414 350C450 412 560 424 626 352C640 340 662 344 668 364C676 390 682 420 686 440')
  pen.path(
    'M626 352C640 340 662 344 668 364L676 404C652 398 636 392 622 400Z',
    pen.flat(shade(accent, detail === 0 ? 0 : 0.06)),
  )
  laces(
    pen,
    [
      [294, 420],
      [318, 398],
      [340, 375],
      [362, 354],
    ],
    CREAM,
  )
  sole(pen, look)
}

export function highTop(pen: Pen, look: Look): void {
  const { body, accent } = look
  pen.shadow(404, FLOOR + 2, 330, 34)
  pen.path(
    'M392 300C396 210 420 172 462 178C486 184 490 206 484 240L470 330Z',
    pen.gradient(
      [
        [0, shade(body, -0.02)],
        [1, shade(body, -0.14)],
      ],
      'right',
    ),
  )
  pen.ellipse(562, 226, 106, 26, pen.flat(shade(body, -0.26)))
  foot(pen, look, 'C372 334 408 272 436 218C500 250 610 248 668 214C676 280 670 350 678 420')
  pen.line('M440 232C506 264 606 262 666 230', 12, pen.flat(shade(accent, 0.02)))
  pen.ellipse(572, 346, 40, 40, pen.flat(CREAM))
  pen.ellipse(572, 346, 31, 31, pen.flat(accent))
  pen.line('M556 362L572 332L588 362', 7, pen.flat(CREAM))
  laces(
    pen,
    [
      [294, 420],
      [318, 396],
      [342, 369],
      [364, 339],
      [384, 306],
      [402, 272],
    ],
    CREAM,
  )
  sole(pen, look)
}
