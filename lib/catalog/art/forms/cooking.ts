import { shade } from '../colour.ts'
import type { Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, gleam, lathe } from '../shapes.ts'

export function teapot(pen: Pen, { body, accent, wood, detail }: Look): void {
  pen.shadow(400, FLOOR, 260, 36)
  pen.line('M530 420C664 384 664 586 534 572', 30, pen.flat(detail === 0 ? shade(body, -0.08) : wood))
  pen.path(
    'M292 566C216 556 204 470 168 404Q160 388 176 380L196 372Q210 368 218 382C240 430 262 452 300 462Z',
    pen.cylinder(shade(body, 0.01)),
  )
  pen.ellipse(192, 380, 25, 9, pen.flat(shade(body, -0.18)))
  pen.path(
    lathe([
      [92, 378],
      [150, 420],
      [174, 506],
      [150, 596],
      [96, 640],
      [92, FLOOR],
    ]),
    pen.ball(body),
  )
  if (detail === 1)
    pen.path('M227 516Q400 566 573 516Q573 530 568 548Q400 596 232 548Q227 530 227 516Z', pen.cylinder(accent), 0.85)
  pen.path('M302 386Q306 330 400 326Q494 330 498 386Q400 412 302 386Z', pen.cylinder(shade(body, 0.03)))
  pen.line('M302 386Q400 412 498 386', 5, pen.flat(shade(body, -0.16)), 0.6)
  pen.ellipse(400, 312, 25, 23, pen.ball(detail === 0 ? accent : wood))
  gleam(pen, 'M272 458Q254 508 272 562', 13)
}

export function kettle(pen: Pen, { body, wood, metal, detail }: Look): void {
  pen.shadow(400, FLOOR, 240, 34)
  pen.line('M272 372C264 206 334 168 400 168S536 206 528 372', 15, pen.flat(metal))
  pen.path(
    'M318 186Q400 150 482 186Q492 192 486 202Q480 208 470 204Q400 176 330 204Q320 208 314 202Q308 192 318 186Z',
    pen.cylinder(wood),
  )
  if (detail === 0) {
    pen.line('M560 590C640 560 600 430 664 392Q676 386 686 392', 22, pen.flat(shade(body, -0.07)))
    pen.line('M560 582C628 556 592 430 656 388', 5, '#fff', 0.22)
  } else
    pen.path(
      'M520 500C566 486 592 440 616 400Q626 390 640 398L652 406Q660 414 654 426C626 486 600 540 546 566Z',
      pen.cylinder(shade(body, -0.05)),
    )
  pen.path(
    'M296 362H504C540 420 578 500 586 588Q588 630 548 632H252Q212 630 214 588C222 500 260 420 296 362Z',
    pen.cylinder(body),
  )
  pen.path('M220 622H580Q576 650 548 650H252Q224 650 220 622Z', pen.cylinder(metal))
  pen.path('M288 366Q292 318 400 314Q508 318 512 366Q400 388 288 366Z', pen.cylinder(shade(body, 0.03)))
  pen.rect(390, 286, 20, 30, 6, pen.flat(shade(metal, -0.06)))
  pen.ellipse(400, 284, 23, 17, pen.ball(wood))
  gleam(pen, 'M300 430Q264 510 262 586', 14)
}

export function pot(pen: Pen, { body, metal, wood, detail }: Look): void {
  pen.shadow(400, FLOOR, 310, 38)
  pen.mirrored(() => {
    pen.path(
      'M176 424H126Q94 424 94 452Q94 480 126 480H176V458H134Q122 458 122 452Q122 446 134 446H176Z',
      pen.face(shade(body, -0.05)),
    )
  })
  pen.path('M160 396H640V566Q640 650 556 650H244Q160 650 160 566Z', pen.cylinder(body))
  pen.path('M160 396H640V414Q400 446 160 414Z', pen.flat(shade(body, -0.18)), 0.5)
  pen.path(
    'M152 392C158 322 268 288 400 288S642 322 648 392Q648 404 632 406Q400 434 168 406Q152 404 152 392Z',
    pen.cylinder(shade(body, 0.035)),
  )
  pen.line('M166 398Q400 426 634 398', 5, pen.flat(shade(body, 0.13)), 0.75)
  pen.rect(384, 262, 32, 34, 8, pen.cylinder(shade(metal, -0.04)))
  pen.ellipse(400, 256, 46, 18, pen.cylinder(detail === 0 ? metal : wood))
  gleam(pen, 'M206 458V560', 15)
  gleam(pen, 'M232 350Q280 318 336 308', 9)
}

export function pan(pen: Pen, { body, wood, metal, detail }: Look): void {
  pen.shadow(380, 622, 330, 62)
  const handle = detail === 0 ? wood : shade(metal, -0.06)
  pen.turned(-24, [330, 470], () => {
    pen.path('M548 448H620Q640 452 640 470T620 492H548Z', pen.face(shade(metal, -0.05)))
    pen.path('M612 444Q720 446 748 452Q764 458 764 470T748 488Q720 494 612 496Q600 470 612 444Z', pen.face(handle))
    pen.ellipse(738, 470, 9, 6, pen.flat(shade(handle, -0.2)))
  })
  pen.path('M86 462C86 590 190 632 330 632S574 590 574 462Z', pen.cylinder(shade(body, -0.02)))
  pen.ellipse(
    330,
    462,
    244,
    132,
    pen.gradient(
      [
        [0, shade(body, 0.02)],
        [1, shade(body, 0.12)],
      ],
      'diagonal',
    ),
  )
  pen.ellipse(
    330,
    468,
    226,
    118,
    pen.gradient([
      [0, [0.25, 0.01, 265]],
      [1, [0.36, 0.012, 265]],
    ]),
  )
  pen.ellipse(
    330,
    484,
    188,
    90,
    pen.glow(
      [
        [0, [0.42, 0.012, 265]],
        [1, [0.31, 0.012, 265]],
      ],
      [0.38, 0.3],
    ),
  )
  pen.line('M178 452C200 414 250 392 300 388', 9, '#fff', 0.2)
}
