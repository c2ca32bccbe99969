import { shade } from '../colour.ts'
import type { Look } from '../palette.ts'
import type { Pen } from '../pen.ts'
import { FLOOR, gleam } from '../shapes.ts'

function straps(pen: Pen, { body }: Look): void {
  pen.mirrored(() => {
    pen.line('M262 260C196 330 184 480 216 600', 26, pen.flat(shade(body, -0.2)))
    pen.line('M256 268C196 338 186 480 214 590', 4, pen.flat(shade(body, -0.06)), 0.6)
  })
  pen.line('M346 168C346 108 454 108 454 168', 17, pen.flat(shade(body, -0.18)))
}

export function daypack(pen: Pen, look: Look): void {
  const { body, accent, metal, detail } = look
  pen.shadow(400, FLOOR, 240, 36)
  straps(pen, look)
  pen.path(
    'M236 330C236 206 300 150 400 150S564 206 564 330L574 590Q576 650 516 650H284Q224 650 226 590Z',
    pen.cylinder(body),
  )
  pen.line('M258 372C258 240 312 186 400 186S542 240 542 372', 5, pen.flat(shade(body, -0.2)), 0.7)
  pen.line('M258 368C258 238 312 183 400 183S542 238 542 368', 2, pen.flat(shade(body, 0.1)), 0.6)
  pen.path(
    'M268 452Q270 414 306 412H494Q530 414 532 452L536 586Q536 624 498 626H302Q264 624 264 586Z',
    pen.cylinder(shade(detail === 0 ? body : accent, 0.02)),
  )
  pen.line('M276 462Q400 478 524 462', 6, pen.flat(shade(body, -0.24)), 0.75)
  pen.rect(490, 458, 10, 44, 5, pen.flat(metal))
  pen.rect(362, 292, 76, 56, 8, pen.face(detail === 0 ? accent : shade(body, -0.12)))
  pen.line('M378 312H422M378 328H408', 4, pen.flat(shade(detail === 0 ? accent : body, 0.2)), 0.8)
  gleam(pen, 'M272 300Q282 246 314 220', 11, 0.24)
}

export function rolltop(pen: Pen, look: Look): void {
  const { body, accent, wood, metal, detail } = look
  pen.shadow(400, FLOOR, 240, 36)
  straps(pen, look)
  pen.path('M244 236H556L578 596Q580 650 524 650H276Q220 650 222 596Z', pen.cylinder(body))
  pen.path(
    'M226 520Q400 548 574 520L578 596Q580 650 524 650H276Q220 650 222 596Z',
    pen.cylinder(detail === 0 ? shade(accent, -0.03) : shade(body, -0.1)),
  )
  pen.path('M256 372H544L552 506Q552 522 536 522H264Q248 522 248 506Z', pen.cylinder(shade(body, 0.035)))
  pen.line('M258 386Q400 398 542 386', 5, pen.flat(shade(body, -0.22)), 0.7)
  // The roll and the strap that holds it.
  pen.path(
    'M230 246Q222 244 222 226Q222 196 244 192H556Q578 196 578 226Q578 244 570 246Q400 262 230 246Z',
    pen.face(shade(body, -0.02)),
  )
  pen.path('M236 204Q234 170 256 168H544Q566 170 564 204Q400 220 236 204Z', pen.face(shade(body, 0.04)))
  const leather = detail === 0 ? wood : accent
  pen.path('M380 162H420V420Q420 436 400 440Q380 436 380 420Z', pen.cylinder(leather))
  pen.rect(370, 306, 60, 42, 8, pen.flat(metal))
  pen.rect(382, 316, 36, 22, 4, pen.flat(shade(leather, -0.06)))
  gleam(pen, 'M270 300L262 470', 11, 0.22)
}
