import { shade, type Tone } from '../colour.ts'
import type { Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, leg } from '../shapes.ts'

function cushion(pen: Pen, x: number, y: number, width: number, height: number, tone: Tone): void {
  pen.path(
    `M${x + 18} ${y + 4}Q${x + width / 2} ${y - 8} ${x + width - 18} ${y + 4}Q${x + width} ${y + 6} ${x + width} ${y + 24}V${y + height - 16}` +
      `Q${x + width} ${y + height} ${x + width - 18} ${y + height}H${x + 18}Q${x} ${y + height} ${x} ${y + height - 16}V${y + 24}Q${x} ${y + 6} ${x + 18} ${y + 4}Z`,
    pen.gradient([
      [0, shade(tone, 0.08)],
      [0.5, tone],
      [1, shade(tone, -0.08)],
    ]),
  )
}

function throwPillow(pen: Pen, x: number, y: number, size: number, degrees: number, tone: Tone): void {
  pen.turned(degrees, [x + size / 2, y + size / 2], () => {
    const r = x + size
    const b = y + size
    pen.path(
      `M${x} ${y}Q${x + size / 2} ${y + 10} ${r} ${y}Q${r - 8} ${y + size / 2} ${r} ${b}Q${x + size / 2} ${b - 8} ${x} ${b}Q${x + 8} ${y + size / 2} ${x} ${y}Z`,
      pen.ball(tone),
    )
  })
}

export function sofa(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.shadow(400, FLOOR - 14, 340, 34)
  pen.mirrored(() => leg(pen, [176, 590], [164, 634], 20, wood))
  pen.mirrored(() => leg(pen, [330, 590], [328, 628], 16, shade(wood, -0.1)))
  pen.path('M132 372Q134 316 190 312H610Q666 316 668 372V560H132Z', pen.face(shade(body, -0.06)))
  cushion(pen, 166, 330, 232, 156, shade(body, -0.01))
  cushion(pen, 402, 330, 232, 156, shade(body, -0.02))
  throwPillow(pen, 196, 372, 106, -12, accent)
  if (detail === 1) throwPillow(pen, 508, 376, 100, 9, shade(accent, 0.1))
  pen.path('M124 540H676V584Q676 600 660 600H140Q124 600 124 584Z', pen.face(shade(body, -0.08)))
  cushion(pen, 166, 468, 233, 86, shade(body, 0.03))
  cushion(pen, 401, 468, 233, 86, shade(body, 0.02))
  pen.path(
    'M92 462Q92 420 132 420Q174 420 174 462V588Q174 602 160 602H110Q94 602 93 588Z',
    pen.cylinder(shade(body, 0.01)),
  )
  pen.path(
    'M626 462Q626 420 668 420Q708 420 708 462L707 588Q706 602 690 602H640Q626 602 626 588Z',
    pen.cylinder(shade(body, -0.03)),
  )
}

export function armchair(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.shadow(400, FLOOR - 4, 250, 34)
  pen.mirrored(() => leg(pen, [248, 590], [228, 644], 22, wood))
  pen.mirrored(() => leg(pen, [330, 590], [328, 630], 16, shade(wood, -0.1)))
  pen.path(
    'M216 330C216 236 276 206 400 206S584 236 584 330V560H216Z',
    pen.gradient([
      [0, shade(body, 0.02)],
      [1, shade(body, -0.12)],
    ]),
  )
  pen.path(
    'M262 340C262 268 306 246 400 246S538 268 538 340V500H262Z',
    pen.gradient([
      [0, shade(body, 0.06)],
      [1, shade(body, -0.05)],
    ]),
  )
  if (detail === 0) {
    for (const [x, y] of [
      [340, 316],
      [400, 306],
      [460, 316],
      [370, 368],
      [430, 368],
    ] as const) {
      pen.ellipse(x, y, 6.5, 6.5, pen.flat(shade(body, -0.16)))
      pen.ellipse(x - 1.5, y - 1.5, 3.5, 3.5, pen.flat(shade(body, 0.02)))
    }
  } else throwPillow(pen, 344, 348, 116, 8, accent)
  pen.path('M200 548H600V580Q600 598 582 598H218Q200 598 200 580Z', pen.face(shade(body, -0.09)))
  cushion(pen, 250, 462, 300, 96, shade(body, 0.04))
  pen.path(
    'M176 442Q178 396 220 394Q262 396 264 442L262 588Q260 602 246 602H196Q180 602 178 588Z',
    pen.cylinder(shade(body, 0.02)),
  )
  pen.path(
    'M624 442Q622 396 580 394Q538 396 536 442L538 588Q540 602 554 602H604Q620 602 622 588Z',
    pen.cylinder(shade(body, -0.03)),
  )
}

export function ottoman(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.shadow(400, FLOOR, 250, 38)
  pen.mirrored(() => leg(pen, [270, 590], [256, FLOOR - 4], 24, wood))
  pen.path(
    'M192 446C188 424 200 410 220 408H580C600 410 612 424 608 446L600 570C598 602 520 616 400 616S202 602 200 570Z',
    pen.cylinder(body),
  )
  if (detail === 0)
    for (const x of [240, 292, 346, 400, 454, 508, 560]) {
      pen.line(
        `M${x} 452Q${400 + (x - 400) * 1.02} 530 ${400 + (x - 400) * 0.97} ${606 - Math.abs(x - 400) * 0.09}`,
        4,
        pen.flat(shade(body, -0.16)),
        0.45,
      )
    }
  else pen.path('M197 524Q400 560 603 524L600 570C598 602 520 616 400 616S202 602 200 570Z', pen.cylinder(accent))
  pen.ellipse(
    400,
    430,
    209,
    56,
    pen.gradient([
      [0, shade(body, 0.02)],
      [1, shade(body, 0.11)],
    ]),
  )
  pen.line('M192 436C196 470 300 488 400 488S604 470 608 436', 6, pen.flat(shade(body, -0.1)))
  pen.ellipse(400, 424, 8, 4, pen.flat(shade(body, -0.15)))
}
