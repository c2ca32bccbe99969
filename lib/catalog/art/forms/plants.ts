import { shade, type Tone } from '../colour.ts'
import type { Look } from '../palette.ts'
import { round, type Pen } from '../pen.ts'
import { FLOOR, lathe, leaf, opening } from '../shapes.ts'

const GREENS: readonly Tone[] = [
  [0.5, 0.095, 148],
  [0.55, 0.1, 138],
  [0.46, 0.08, 156],
]
const SOIL: Tone = [0.36, 0.03, 60]

const greenOf = (i: number): Tone => GREENS[i % GREENS.length] ?? [0.5, 0.1, 148]

function plantPot(pen: Pen, { body, accent, detail }: Look): void {
  pen.shadow(400, FLOOR, 180, 32)
  if (detail === 0) {
    const outline = 'M286 470H514L492 624Q490 650 464 650H336Q310 650 308 624Z'
    pen.path(outline, pen.cylinder(body))
    pen.path('M276 452H524V490Q524 498 516 498H284Q276 498 276 490Z', pen.cylinder(shade(body, 0.025)))
    pen.path('M284 498H516L515 506Q400 516 285 506Z', pen.flat(shade(body, -0.2)), 0.35)
  } else {
    const outline = lathe([
      [112, 452],
      [126, 510],
      [118, 590],
      [84, 650],
    ])
    pen.path(outline, pen.cylinder(body))
    pen.clipped(outline, () => pen.path('M270 560Q400 596 530 560V660H270Z', pen.cylinder(accent)))
  }
  opening(pen, 452, detail === 0 ? 124 : 112, body, SOIL)
}

export function leafyPlant(pen: Pen, look: Look): void {
  const back = [
    [-64, 200],
    [64, 196],
    [-22, 262],
    [26, 256],
  ] as const
  const front = [
    [-92, 158],
    [90, 162],
    [-46, 208],
    [46, 204],
    [0, 236],
    [-74, 120],
    [72, 116],
  ] as const
  plantPot(pen, look)
  back.forEach(([turn, length], i) => leaf(pen, [400, 450], turn, length + 60, 52, shade(greenOf(i), -0.07)))
  front.forEach(([turn, length], i) =>
    leaf(pen, [400 + turn * 0.25, 452], turn, length + 44, 50, shade(greenOf(i), 0.03 * (i % 3))),
  )
}

export function cactus(pen: Pen, look: Look): void {
  const green = greenOf(look.detail * 2)
  const column = (x: number, top: number, bottom: number, radius: number) => {
    pen.path(
      `M${x - radius} ${bottom}V${top + radius}A${radius} ${radius} 0 0 1 ${x + radius} ${top + radius}V${bottom}Z`,
      pen.cylinder(green),
    )
    for (const d of [-0.55, 0, 0.55]) {
      pen.line(`M${x + radius * d} ${top + radius * 0.55}V${bottom - 8}`, 3, pen.flat(shade(green, -0.1)), 0.55)
      let spines = ''
      for (let y = top + radius; y < bottom - 20; y += 34) spines += `M${round(x + radius * d - 5)} ${y - 4}l5 4l5 -4`
      pen.line(spines, 2, '#fff', 0.6)
    }
  }
  pen.line('M350 380C290 380 272 360 272 300', 46, pen.flat(shade(green, -0.03)))
  column(272, 252, 330, 25)
  pen.line('M450 330C510 330 528 310 528 260', 46, pen.flat(shade(green, -0.1)))
  column(528, 206, 290, 25)
  column(400, 142, 462, 62)
  const petal: Tone = look.detail === 0 ? [0.74, 0.14, 5] : [0.84, 0.13, 85]
  for (const turn of [-56, -28, 0, 28, 56]) leaf(pen, [400, 156], turn, 46, 15, petal)
  plantPot(pen, look)
  pen.path('M338 448Q400 466 462 448V440H338Z', pen.cylinder(shade(green, -0.04)))
}

export function snakePlant(pen: Pen, look: Look): void {
  const blade = (x: number, lean: number, height: number, width: number, i: number) =>
    pen.turned(lean, [x, 460], () => {
      const tip = 460 - height
      const outline = (half: number, top: number) => {
        const [belly, waist, middle] = [round(half * 1.3), round(half * 0.7), round(460 - height * 0.4)]
        return `M${round(x - half)} 460C${x - belly} ${middle} ${x - waist} ${top + 60} ${x} ${top}C${x + waist} ${top + 60} ${x + belly} ${middle} ${round(x + half)} 460Z`
      }
      const inner = width * 0.68
      pen.path(outline(width, tip), pen.cylinder([0.82, 0.1, 112]))
      pen.path(outline(inner, tip + 18), pen.cylinder(greenOf(i)))
      let bands = ''
      for (let y = tip + 90; y < 440; y += 30)
        bands += `M${round(x - inner * 0.6)} ${y}Q${x} ${y - 12} ${round(x + inner * 0.6)} ${y + 2}`
      pen.line(bands, 4, pen.flat(shade(greenOf(i), 0.12)), 0.5)
    })
  plantPot(pen, look)
  blade(352, -20, 250, 26, 0)
  blade(448, 20, 236, 26, 1)
  blade(380, -7, 318, 28, 2)
  blade(424, 8, 290, 27, 0)
  blade(336, -30, 164, 23, 1)
  blade(464, 31, 170, 23, 2)
  blade(402, 0, 214, 30, 1)
}
