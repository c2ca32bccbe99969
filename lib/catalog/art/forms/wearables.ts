import { shade, type Tone } from '../colour.ts'
import { CREAM, INK, type Look } from '../palette.ts'
import { round, type Pen } from '../pen.ts'

const CENTRE = 400

function strap(pen: Pen, { body, metal }: Look, width: number): void {
  const half = width / 2
  pen.rect(CENTRE - half + 26, 60, width + 8, 700, 40, '#000', 0.08)
  pen.rect(CENTRE - half + 14, 50, width + 4, 700, 36, '#000', 0.1)
  pen.path(
    `M${CENTRE - half} 300L${CENTRE - half + 12} 52Q${CENTRE - half + 14} 34 ${CENTRE - half + 34} 34H${CENTRE + half - 34}Q${CENTRE + half - 14} 34 ${CENTRE + half - 12} 52L${CENTRE + half} 300Z`,
    pen.cylinder(body),
  )
  pen.path(
    `M${CENTRE - half} 500L${CENTRE - half + 12} 738Q${CENTRE - half + 14} 766 ${CENTRE} 770Q${CENTRE + half - 14} 766 ${CENTRE + half - 12} 738L${CENTRE + half} 500Z`,
    pen.cylinder(body),
  )
  pen.mirrored(() =>
    pen.line(
      `M${CENTRE - half + 12} 280L${CENTRE - half + 22} 60M${CENTRE - half + 12} 520L${CENTRE - half + 22} 730`,
      2.5,
      pen.flat(shade(body, 0.14)),
      0.75,
    ),
  )
  for (const y of [610, 646, 682, 718]) pen.ellipse(CENTRE, y, 5.5, 5.5, pen.flat(shade(body, -0.22)))
  pen.rect(CENTRE - half + 4, 76, width - 8, 30, 8, pen.flat(shade(body, -0.06)))
  pen.rect(CENTRE - half - 2, 20, width + 4, 40, 12, pen.cylinder(metal))
  pen.rect(CENTRE - half + 16, 30, width - 32, 20, 6, pen.flat(shade(body, -0.1)))
}

/** Ten past ten: the hands frame the name, as in every watch picture. */
function dial(pen: Pen, { accent, metal, detail }: Look, reach: number): void {
  const ink: Tone = detail === 0 ? INK : CREAM
  for (let hour = 0; hour < 12; hour += 1) {
    const angle = (hour * Math.PI) / 6
    const [sin, cos] = [Math.sin(angle), -Math.cos(angle)]
    const inner = hour % 3 === 0 ? reach - 26 : reach - 15
    pen.line(
      `M${round(CENTRE + sin * inner)} ${round(CENTRE + cos * inner)}L${round(CENTRE + sin * reach)} ${round(CENTRE + cos * reach)}`,
      hour % 3 === 0 ? 8 : 4,
      pen.flat(ink),
    )
  }
  const hand = (degrees: number, length: number, width: number, tone: Tone) =>
    pen.turned(degrees, [CENTRE, CENTRE], () =>
      pen.line(`M${CENTRE} ${CENTRE + 22}V${CENTRE - length}`, width, pen.flat(tone)),
    )
  hand(-55, reach * 0.52, 11, ink)
  hand(62, reach * 0.78, 8, ink)
  hand(196, reach * 0.82, 3.5, accent)
  pen.ellipse(CENTRE, CENTRE, 9, 9, pen.flat(shade(metal, -0.05)))
}

export function roundWatch(pen: Pen, look: Look): void {
  pen.scaled(0.9, [400, 400], () => drawRound(pen, look))
}

export function squareWatch(pen: Pen, look: Look): void {
  pen.scaled(0.9, [400, 400], () => drawSquare(pen, look))
}

function drawRound(pen: Pen, look: Look): void {
  const { metal, detail, body } = look
  strap(pen, look, 176)
  pen.ellipse(CENTRE + 18, CENTRE + 22, 182, 182, '#000', 0.12)
  pen.rect(572, 378, 34, 44, 10, pen.face(shade(metal, -0.05)))
  pen.ellipse(
    CENTRE,
    CENTRE,
    180,
    180,
    pen.gradient(
      [
        [0, shade(metal, 0.12)],
        [0.5, metal],
        [1, shade(metal, -0.17)],
      ],
      'diagonal',
    ),
  )
  pen.ellipse(
    CENTRE,
    CENTRE,
    160,
    160,
    pen.gradient(
      [
        [0, shade(metal, -0.16)],
        [1, shade(metal, 0.1)],
      ],
      'diagonal',
    ),
  )
  pen.ellipse(CENTRE, CENTRE, 152, 152, pen.ball(detail === 0 ? CREAM : shade(body, body[0] > 0.6 ? -0.4 : -0.1)))
  dial(pen, look, 136)
  pen.path('M278 320A148 148 0 0 1 470 270L330 520A148 148 0 0 1 278 320Z', '#fff', 0.12)
}

function drawSquare(pen: Pen, look: Look): void {
  const { metal, detail, body } = look
  strap(pen, look, 168)
  pen.rect(264, 246, 312, 352, 74, '#000', 0.12)
  pen.rect(550, 378, 34, 44, 10, pen.face(shade(metal, -0.05)))
  pen.rect(
    246,
    226,
    308,
    348,
    72,
    pen.gradient(
      [
        [0, shade(metal, 0.12)],
        [0.5, metal],
        [1, shade(metal, -0.17)],
      ],
      'diagonal',
    ),
  )
  pen.rect(
    264,
    244,
    272,
    312,
    58,
    pen.gradient(
      [
        [0, shade(metal, -0.16)],
        [1, shade(metal, 0.1)],
      ],
      'diagonal',
    ),
  )
  pen.rect(272, 252, 256, 296, 52, pen.ball(detail === 0 ? CREAM : shade(body, body[0] > 0.6 ? -0.4 : -0.1)))
  dial(pen, look, 108)
  pen.path('M290 280Q300 266 324 264H440L320 536Q286 530 284 496Z', '#fff', 0.13)
}

interface Rims {
  readonly lens: string
  readonly bridge: string
  readonly hinge: number
}

function glasses(pen: Pen, { body, accent, metal, detail }: Look, { lens, bridge, hinge }: Rims): void {
  pen.shadow(400, 566, 310, 40, 0.3)
  // The temples run back behind the lenses.
  pen.mirrored(() =>
    pen.line(
      `M116 ${hinge}C150 ${hinge - 76} 240 ${hinge - 96} 320 ${hinge - 92}`,
      12,
      pen.flat(shade(body, -0.16)),
      0.85,
    ),
  )
  const glass: Tone = detail === 0 ? [0.34, 0.03, 250] : [shade(accent, 0)[0] * 0.6 + 0.05, accent[1], accent[2]]
  pen.mirrored(() => {
    pen.path(
      lens,
      pen.gradient([
        [0, shade(glass, -0.06), 0.96],
        [1, shade(glass, 0.24), 0.86],
      ]),
    )
    pen.clipped(lens, () => pen.path('M150 300H240L150 560H60Z', '#fff', 0.16))
    pen.line(lens, 25, pen.flat(body))
    pen.line(lens, 4, pen.flat(shade(body, 0.16)), 0.55)
    pen.ellipse(118, hinge, 7, 5, pen.flat(metal))
  })
  pen.line(bridge, 20, pen.flat(shade(body, -0.02)))
  pen.line(bridge, 4, pen.flat(shade(body, 0.16)), 0.6)
}

export function roundGlasses(pen: Pen, look: Look): void {
  glasses(pen, look, { lens: 'M242 324A118 112 0 1 1 241.9 324Z', bridge: 'M354 410Q400 366 446 410', hinge: 412 })
}

export function squareGlasses(pen: Pen, look: Look): void {
  glasses(pen, look, {
    lens: 'M140 346Q244 328 336 342Q358 346 356 376C352 470 330 520 244 522C160 522 132 470 122 378Q120 350 140 346Z',
    bridge: 'M354 374Q400 350 446 374',
    hinge: 368,
  })
}
