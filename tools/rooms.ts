/** `npm run rooms`: draws the rooms of lib into ARCHITECTURE.md, as their imports are now. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { roomsPicture } from './lint/roomsPicture.ts'
import { root } from './run/environment.ts'

const file = path.join(root, 'ARCHITECTURE.md')
const text = readFileSync(file, 'utf8')
writeFileSync(
  file,
  text.replace(/(?<=```mermaid\n)flowchart TD[^]*?(?=\n```)/, () => roomsPicture(root)),
)
