import { randomBytes, randomInt } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { say } from '../progress.mjs'

/** Without letters and digits that look alike: people type it. */
const PASSWORD_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of five, 99 bits. */
function readablePassword() {
  const letter = () => PASSWORD_ALPHABET[randomInt(PASSWORD_ALPHABET.length)]
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, letter).join('')).join('-')
}

const GENERATED = {
  AUTH_SECRET: () => randomBytes(32).toString('base64url'),
  INTERNAL_SECRET: () => randomBytes(32).toString('base64url'),
  EDGE_SECRET: () => randomBytes(32).toString('base64url'),
  ADMIN_PASSWORD: readablePassword,
}

const HEADER = '# Secrets of this machine, made by set-up. Every other variable is described in .env.example.\n'

/**
 * The text of `.env` with a value for each secret that has none. A value that is there is never touched.
 * @param {string | undefined} text undefined when there is no file
 * @returns {string}
 */
export function withSecrets(text) {
  let result = text ?? HEADER
  for (const [name, generate] of Object.entries(GENERATED)) {
    const line = new RegExp(`^(?:export )?${name}[ \\t]*=[ \\t]*(.*)$`, 'm')
    const found = line.exec(result)
    if (found === null) result += `${result.endsWith('\n') || result === '' ? '' : '\n'}${name}=${generate()}\n`
    else if (/^(""|'')?$/.test((found[1] ?? '').trim())) result = result.replace(line, () => `${name}=${generate()}`)
  }
  return result
}

/**
 * Creates or completes `.env`, readable by its owner only.
 * @param {string} root
 */
export function environmentFile(root) {
  const file = path.join(root, '.env')
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  const after = withSecrets(before)
  if (after === before) return
  writeFileSync(file, after, { mode: 0o600 })
  chmodSync(file, 0o600)
  say(`  ✓ ${before === undefined ? 'Wrote secrets into .env' : 'Added the missing secrets to .env'}`)
}
