import { shade, type Tone } from '../colour.ts'
import { CREAM, type Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, gleam, lathe } from '../shapes.ts'

export function slimBottle(pen: Pen, { body, accent, metal, wood, detail }: Look): void {
  pen.shadow(400, FLOOR, 160, 30)
  const outline = lathe([
    [46, 240],
    [50, 264],
    [86, 316],
    [94, 380],
    [94, 560],
    [92, 630],
    [84, FLOOR],
  ])
  pen.path(outline, pen.cylinder(body))
  pen.clipped(outline, () => {
    if (detail === 0) pen.path('M290 604H510V660H290Z', pen.cylinder(metal))
    else
      for (const [y, h] of [
        [430, 26],
        [468, 12],
      ] as const)
        pen.path(`M290 ${y}Q400 ${y + 26} 510 ${y}V${y + h}Q400 ${y + h + 26} 290 ${y + h}Z`, pen.cylinder(accent))
  })
  pen.rect(350, 226, 100, 20, 7, pen.cylinder(metal))
  pen.path('M348 150Q350 136 400 134T452 150V220Q450 230 400 232T348 220Z', pen.cylinder(detail === 0 ? wood : accent))
  pen.ellipse(400, 148, 51, 11, pen.flat(shade(detail === 0 ? wood : accent, 0.09)))
  gleam(pen, 'M332 360V590', 12)
}

export function flask(pen: Pen, { body, accent, metal, detail }: Look): void {
  pen.shadow(400, FLOOR, 190, 32)
  pen.line('M348 176C340 96 460 96 452 176', 17, pen.flat(shade(accent, -0.06)))
  const outline = lathe([
    [100, 262],
    [124, 296],
    [130, 350],
    [130, 570],
    [126, 632],
    [112, FLOOR],
  ])
  pen.path(outline, pen.cylinder(body))
  pen.clipped(outline, () =>
    pen.path('M260 612Q400 640 540 612V660H260Z', pen.cylinder(shade(detail === 0 ? metal : body, -0.08))),
  )
  pen.path('M302 246H498V266Q400 282 302 266Z', pen.cylinder(metal))
  pen.path('M296 182Q300 164 400 162T504 182V240Q500 254 400 256T296 240Z', pen.cylinder(shade(accent, -0.02)))
  for (let x = 316; x <= 484; x += 24) pen.line(`M${x} 190V242`, 3, pen.flat(shade(accent, -0.16)), 0.5)
  pen.ellipse(400, 180, 103, 16, pen.flat(shade(accent, 0.09)))
  // A little mountain as the maker's mark.
  pen.path('M346 500L388 432L410 464L424 446L456 500Z', pen.flat(body[0] > 0.65 ? shade(body, -0.3) : CREAM), 0.85)
  gleam(pen, 'M304 350V580', 14)
}

const GRASS: Tone = [0.62, 0.07, 132]
const NIGHT: Tone = [0.3, 0.025, 60]

function meadow(pen: Pen): void {
  pen.shadow(400, 646, 370, 34)
  for (const [x, h] of [
    [96, 26],
    [118, 34],
    [640, 22],
    [690, 34],
    [714, 24],
    [560, 20],
    [250, 18],
  ] as const) {
    pen.path(
      `M${x - 9} 652Q${x - 12} ${652 - h * 0.7} ${x - 14} ${652 - h}Q${x - 2} ${652 - h * 0.7} ${x} 648Q${x + 4} ${652 - h} ${x + 13} ${652 - h * 0.9}Q${x + 6} ${652 - h * 0.5} ${x + 9} 652Z`,
      pen.flat(GRASS),
      0.9,
    )
  }
}

export function domeTent(pen: Pen, { body, accent, metal, detail }: Look): void {
  pen.line('M196 430L70 640M604 430L730 640', 3, pen.flat(shade(metal, -0.2)), 0.7)
  const outline = 'M112 646C130 420 250 262 400 262S670 420 688 646Z'
  meadow(pen)
  pen.path(outline, pen.cylinder(body))
  pen.clipped(outline, () => {
    pen.path('M400 262C300 300 214 440 196 650H96V240H400Z', pen.flat(shade(body, 0.09)), 0.75)
    pen.path('M400 262C500 300 586 440 604 650H704V240H400Z', pen.flat(shade(body, -0.1)), 0.75)
    if (detail === 0) pen.path('M90 590Q400 620 710 590V650H90Z', pen.flat(accent), 0.9)
  })
  pen.line('M400 262C300 300 214 440 196 646M400 262C500 300 586 440 604 646', 6, pen.flat(shade(body, -0.2)), 0.6)
  pen.path(
    'M400 372C350 430 306 540 300 648H500C494 540 450 430 400 372Z',
    pen.gradient([
      [0, shade(NIGHT, -0.04)],
      [1, [0.6, 0.1, 72]],
    ]),
  )
  pen.path(
    'M400 372C350 430 306 540 300 648H336C344 560 370 470 404 420Z',
    pen.cylinder(detail === 0 ? shade(body, 0.05) : accent),
  )
  pen.path(
    'M400 372C450 430 494 540 500 648H474C464 560 434 470 398 420Z',
    pen.cylinder(detail === 0 ? shade(body, -0.03) : shade(accent, -0.05)),
  )
  pen.line('M400 372V262', 4, pen.flat(shade(body, -0.2)), 0.6)
}

export function ridgeTent(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.line('M252 244L66 644M640 262L752 628', 3, pen.flat(shade(wood, -0.1)), 0.7)
  meadow(pen)
  pen.path(
    'M300 238L640 258L724 626L520 650Z',
    pen.gradient([
      [0, shade(body, -0.04)],
      [1, shade(body, -0.14)],
    ]),
  )
  for (const t of [0.28, 0.54, 0.78])
    pen.line(
      `M${300 + 340 * t} ${238 + 20 * t}L${520 + 204 * t} ${650 - 24 * t}`,
      3,
      pen.flat(shade(body, -0.22)),
      0.45,
    )
  pen.path('M502 616L716 592L724 626L520 650Z', pen.flat(accent), 0.85)
  pen.path(
    'M300 238L520 650H84Z',
    pen.gradient([
      [0, shade(body, 0.08)],
      [1, body],
    ]),
  )
  pen.path(
    'M300 292L430 650H172Z',
    pen.gradient([
      [0, NIGHT],
      [1, [0.64, 0.11, 72]],
    ]),
  )
  pen.path(
    'M300 280L300 330Q260 500 196 650H142Z',
    pen.gradient([
      [0, shade(body, 0.1)],
      [1, shade(body, -0.04)],
    ]),
  )
  pen.path(
    'M300 280L300 330Q348 500 412 650H458Z',
    pen.gradient([
      [0, shade(body, 0.03)],
      [1, shade(body, -0.1)],
    ]),
  )
  pen.line('M222 560Q196 570 170 566M384 556Q410 568 430 560', 8, pen.flat(detail === 0 ? accent : wood))
  pen.line('M300 222V652', 9, pen.flat(wood))
  pen.line('M294 236L640 256', 7, pen.flat(shade(wood, -0.05)))
}
