import { shade } from '../colour.ts'
import type { Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, leg } from '../shapes.ts'

export function diningChair(pen: Pen, { body, wood, detail }: Look): void {
  const back = shade(wood, -0.08)
  pen.shadow(400, FLOOR + 2, 210, 34)
  pen.mirrored(() => leg(pen, [326, 470], [312, 622], 20, back))
  pen.mirrored(() => pen.path('M322 450L303 196Q301 184 313 184Q322 184 324 196L344 450Z', pen.cylinder(wood)))
  if (detail === 0) {
    pen.path(
      'M296 178Q400 158 504 178Q514 180 513 192L507 282Q506 292 496 293Q400 304 304 293Q294 292 293 282L287 192Q286 180 296 178Z',
      pen.face(body),
    )
    pen.path('M296 178Q400 158 504 178Q511 179 512 184Q400 166 288 184Q289 179 296 178Z', pen.flat(shade(body, 0.1)))
  } else {
    for (const x of [350, 375, 400, 425, 450])
      pen.line(`M${400 + (x - 400) * 0.92} 440L${x} 205`, 9, pen.flat(shade(wood, x > 400 ? -0.05 : 0.02)))
    pen.path(
      'M284 206Q282 178 300 174Q400 154 500 174Q518 178 516 206Q515 214 505 212Q400 194 295 212Q285 214 284 206Z',
      pen.face(body),
    )
  }
  pen.mirrored(() => leg(pen, [292, 478], [262, FLOOR], 26, wood))
  pen.path(
    'M306 424Q400 412 494 424Q506 426 509 434L534 472Q540 486 526 490Q400 506 274 490Q260 486 266 472L291 434Q294 426 306 424Z',
    pen.face(shade(body, -0.05)),
  )
  pen.path(
    'M306 424Q400 412 494 424Q506 426 509 434L531 466Q400 484 269 466L291 434Q294 426 306 424Z',
    pen.gradient([
      [0, shade(body, -0.02)],
      [1, shade(body, 0.08)],
    ]),
  )
}

export function loungeChair(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.shadow(400, FLOOR + 2, 240, 36)
  pen.mirrored(() => leg(pen, [322, 560], [322, 632], 18, shade(wood, -0.1)))
  pen.mirrored(() => leg(pen, [268, 560], [232, FLOOR], 24, wood))
  const shell = 'M196 360C186 216 280 158 400 158S614 216 604 360L612 486C614 566 520 586 400 586S186 566 188 486Z'
  pen.path(
    shell,
    pen.gradient([
      [0, shade(body, 0.03)],
      [0.55, body],
      [1, shade(body, -0.12)],
    ]),
  )
  pen.path(
    'M248 372C240 262 306 208 400 208S560 262 552 372L548 470H252Z',
    pen.gradient([
      [0, shade(body, -0.13)],
      [1, shade(body, -0.04)],
    ]),
  )
  if (detail === 1)
    pen.mirrored(() => pen.line('M400 212C352 214 318 240 312 300L308 440', 3, pen.flat(shade(body, -0.18)), 0.5))
  pen.path(
    'M242 462Q248 436 290 434H510Q552 436 558 462Q566 520 520 528Q400 544 280 528Q234 520 242 462Z',
    pen.gradient([
      [0, shade(body, 0.1)],
      [1, shade(body, -0.02)],
    ]),
  )
  pen.path(
    'M200 400Q202 366 224 366Q250 368 250 402L254 480Q256 552 226 552Q196 544 194 484Z',
    pen.cylinder(shade(body, 0.02)),
  )
  pen.path(
    'M600 400Q598 366 576 366Q550 368 550 402L546 480Q544 552 574 552Q604 544 606 484Z',
    pen.cylinder(shade(body, -0.04)),
  )
  pen.turned(-9, [400, 400], () => {
    pen.rect(336, 344, 132, 100, 26, pen.ball(accent))
    pen.line('M350 372Q402 362 454 372', 2.5, pen.flat(shade(accent, 0.12)), 0.5)
  })
}

export function stool(pen: Pen, { body, wood, metal, detail }: Look): void {
  const legs = detail === 0 ? wood : metal
  pen.shadow(400, FLOOR + 2, 170, 30)
  pen.mirrored(() => leg(pen, [356, 330], [338, 618], 17, shade(legs, -0.1)))
  pen.line('M304 540Q400 566 496 540', 11, pen.flat(shade(legs, -0.04)))
  pen.line('M318 520Q400 500 482 520', 8, pen.flat(shade(legs, -0.14)))
  pen.mirrored(() => leg(pen, [320, 330], [282, FLOOR], 24, legs))
  pen.path('M272 282V314C272 346 330 362 400 362S528 346 528 314V282Z', pen.cylinder(shade(body, -0.03)))
  pen.ellipse(
    400,
    282,
    128,
    42,
    pen.gradient([
      [0, shade(body, 0.04)],
      [1, shade(body, 0.12)],
    ]),
  )
  pen.ellipse(
    400,
    279,
    98,
    28,
    pen.gradient([
      [0, shade(body, -0.06)],
      [1, shade(body, 0.08)],
    ]),
    0.7,
  )
}
