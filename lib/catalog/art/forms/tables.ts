import { shade } from '../colour.ts'
import { CREAM, type Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, lathe, leaf, leg, opening } from '../shapes.ts'

function littleVase(pen: Pen, x: number, foot: number, { accent }: Look): void {
  const green = [0.55, 0.08, 140] as const
  pen.line(`M${x} ${foot - 60}Q${x - 6} ${foot - 130} ${x - 26} ${foot - 168}`, 3, pen.flat(shade(green, -0.05)))
  pen.line(`M${x} ${foot - 60}Q${x + 6} ${foot - 120} ${x + 24} ${foot - 150}`, 3, pen.flat(shade(green, -0.05)))
  for (const [dx, dy, turn] of [
    [-26, -166, -20],
    [-16, -136, -70],
    [-8, -118, 30],
    [24, -148, 25],
    [14, -124, 75],
  ] as const) {
    leaf(pen, [x + dx, foot + dy], turn, 34, 13, green)
  }
  pen.path(
    lathe(
      [
        [13, foot - 72],
        [14, foot - 58],
        [32, foot - 26],
        [24, foot],
      ],
      x,
    ),
    pen.cylinder(accent),
  )
  opening(pen, foot - 72, 13, accent, shade(accent, -0.2), x)
}

export function roundTable(pen: Pen, look: Look): void {
  const { body, wood, detail } = look
  pen.shadow(400, FLOOR + 2, 220, 36)
  if (detail === 0) {
    pen.ellipse(400, 636, 132, 26, pen.cylinder(shade(wood, -0.08)))
    pen.path(
      'M268 634V624C268 612 330 604 400 604S532 612 532 624V634C532 622 470 618 400 618S268 622 268 634Z',
      pen.cylinder(wood),
    )
    pen.path(
      lathe([
        [34, 390],
        [22, 450],
        [24, 560],
        [58, 618],
      ]),
      pen.cylinder(wood),
    )
  } else {
    pen.mirrored(() => leg(pen, [352, 400], [330, 626], 20, shade(wood, -0.1)))
    pen.mirrored(() => leg(pen, [282, 400], [238, FLOOR], 28, wood))
  }
  pen.path('M142 366V382C142 420 258 446 400 446S658 420 658 382V366Z', pen.cylinder(shade(body, -0.08)))
  pen.ellipse(
    400,
    366,
    258,
    66,
    pen.gradient(
      [
        [0, shade(body, 0.01)],
        [1, shade(body, 0.1)],
      ],
      'diagonal',
    ),
  )
  pen.shadow(410, 372, 70, 16, 0.25)
  littleVase(pen, 404, 374, look)
}

export function desk(pen: Pen, { body, accent, wood, metal, detail }: Look): void {
  pen.shadow(400, FLOOR, 320, 32)
  pen.mirrored(() => leg(pen, [166, 420], [166, 628], 16, shade(wood, -0.12)))
  pen.mirrored(() => leg(pen, [136, 420], [118, FLOOR], 26, wood))
  pen.rect(446, 414, 194, 104, 8, pen.face(shade(body, -0.09)))
  for (const y of [424, 472]) {
    pen.rect(456, y, 174, 40, 5, pen.face(shade(body, 0.02)))
    pen.rect(522, y + 17, 42, 7, 3.5, pen.flat(shade(metal, -0.04)))
  }
  pen.rect(92, 392, 616, 28, 9, pen.face(shade(body, -0.03)))
  pen.path(
    'M122 364H678L708 394H92Z',
    pen.gradient(
      [
        [0, shade(body, 0.02)],
        [1, shade(body, 0.1)],
      ],
      'diagonal',
    ),
  )
  // Something to work with: a lamp or a stack of books.
  if (detail === 0) {
    pen.ellipse(214, 378, 46, 10, pen.flat(shade(metal, -0.12)))
    pen.line('M214 374L196 288L262 210', 9, pen.flat(metal))
    pen.turned(38, [270, 210], () => pen.path('M226 236Q230 176 270 176T314 236Z', pen.cylinder(accent)))
    pen.ellipse(196, 288, 9, 9, pen.flat(shade(metal, -0.1)))
  } else {
    pen.rect(176, 352, 130, 24, 4, pen.face(accent))
    pen.rect(186, 330, 116, 22, 4, pen.face(CREAM))
    pen.rect(180, 308, 122, 22, 4, pen.face(shade(body, 0.05)))
    pen.path(
      lathe(
        [
          [26, 258],
          [27, 290],
          [22, 308],
        ],
        240,
      ),
      pen.cylinder(CREAM),
    )
    opening(pen, 258, 26, CREAM, [0.4, 0.05, 50], 240)
  }
}

export function coffeeTable(pen: Pen, look: Look): void {
  const { body, wood, accent, detail } = look
  pen.shadow(400, FLOOR, 290, 36)
  pen.mirrored(() => leg(pen, [318, 480], [304, 622], 20, shade(wood, -0.1)))
  if (detail === 0) {
    pen.path(
      'M214 562C214 544 298 534 400 534S586 544 586 562 502 592 400 592 214 580 214 562Z',
      pen.flat(shade(wood, -0.05)),
    )
    pen.path(
      'M214 562C214 580 298 592 400 592S586 580 586 562V570C586 590 502 602 400 602S214 590 214 570Z',
      pen.flat(shade(wood, -0.15)),
    )
  }
  pen.mirrored(() => leg(pen, [212, 480], [186, FLOOR], 28, wood))
  pen.path('M112 446V466C112 506 240 532 400 532S688 506 688 466V446Z', pen.cylinder(shade(body, -0.08)))
  pen.ellipse(
    400,
    446,
    288,
    72,
    pen.gradient(
      [
        [0, shade(body, 0.01)],
        [1, shade(body, 0.1)],
      ],
      'diagonal',
    ),
  )
  pen.shadow(476, 456, 90, 18, 0.22)
  pen.turned(-4, [470, 440], () => {
    pen.path('M404 440L520 430L560 452L438 464Z', pen.flat(shade(accent, 0.04)))
    pen.path('M438 464L560 452V464L438 476Z', pen.flat(shade(CREAM, -0.05)))
  })
  pen.shadow(300, 440, 60, 14, 0.2)
  littleVase(pen, 292, 440, look)
}
