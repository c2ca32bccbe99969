/**
 * Reads the data that React sends to the client router ("flight"), so that two answers can be compared for what they
 * say: where rows begin and which ids they have moves with the lengths of the texts in them.
 * @see react-server-dom-webpack, `processBinaryChunk` and `parseModelString` of the client
 */

/** Any JSON value. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

interface Row {
  /** Hexadecimal; empty for a hint. */
  readonly id: string
  /** A letter, or nothing for a plain JSON value. */
  readonly tag: string
  readonly text: string
}

export interface Flight {
  /** Whether Next says that the payload is complete. */
  readonly mark: string
  /** The first row with all references resolved. */
  readonly value: unknown
  /** Order means nothing: what is to be loaded early. */
  readonly hints: readonly string[]
}

/** Rows of bytes: texts and binary data. */
const COUNTED = /^([0-9a-f]*):([TAOoUSsLlGgMmVb])([0-9a-f]+),/
const LINE = /^([0-9a-f]*):([A-Z#rx]?)/
/** Rows of one id that follow each other, until one that ends it. */
const STREAM = /^[RrXx]$/
/** At what index an element, `["$", type, key, props]`, has what a path names. */
const OF_ELEMENT: Readonly<Record<string, string>> = { type: '1', key: '2', props: '3' }
const REFERENCE = /^\$L?([0-9a-f]+(?::[^:]+)*)$/
/** Next begins a payload that is complete with `#`, and one that has holes with `~`. */
const MARKS = ['#', '~']
/** Longer than the head of any counted row. */
const HEAD_BYTES = 40

/** @throws when the bytes are no flight data */
function rowsOf(bytes: Buffer): Row[] {
  const rows: Row[] = []
  for (let at = markOf(bytes).length; at < bytes.byteLength;) {
    const counted = COUNTED.exec(bytes.toString('latin1', at, at + HEAD_BYTES))
    if (counted) {
      const [head, id = '', tag = '', length = ''] = counted
      const start = at + head.length
      at = start + Number.parseInt(length, 16)
      if (at > bytes.byteLength) throw new Error(`row ${id} says that it is longer than the data`)
      rows.push({ id, tag, text: bytes.toString('utf8', start, at) })
    } else {
      const end = bytes.indexOf('\n', at)
      if (end < 0) throw new Error(`the row at byte ${at} has no end`)
      const line = bytes.toString('utf8', at, end)
      const match = LINE.exec(line)
      if (!match) throw new Error(`no row begins at byte ${at}: ${line.slice(0, HEAD_BYTES)}`)
      const [head, id = '', tag = ''] = match
      rows.push({ id, tag, text: line.slice(head.length) })
      at = end + 1
    }
  }
  return rows
}

function markOf(bytes: Buffer): string {
  return MARKS.find((mark) => bytes.toString('latin1', 0, 1) === mark) ?? ''
}

function isElement(value: Json): value is readonly Json[] {
  return Array.isArray(value) && value[0] === '$'
}

/** A value that JSON does not have. */
const special = (kind: string, value?: unknown) => ({ [`flight:${kind}`]: value ?? true })

class Reader {
  readonly #rows = new Map<string, Row[]>()
  readonly #parsed = new Map<string, Json>()
  readonly #expanded = new Map<Json, unknown>()

  constructor(rows: readonly Row[]) {
    for (const row of rows) this.#rows.set(row.id, [...(this.#rows.get(row.id) ?? []), row])
  }

  #rowsOf(id: string): readonly Row[] {
    const rows = this.#rows.get(id)
    if (!rows) throw new Error(`nothing has the id ${id} that is referred to`)
    return rows
  }

  /** The JSON of a row that has some. */
  #json(id: string): Json {
    const known = this.#parsed.get(id)
    if (known !== undefined) return known
    const [row] = this.#rowsOf(id)
    const value: Json = row?.tag === 'T' ? escaped(row.text) : JSON.parse(row?.text ?? 'null')
    this.#parsed.set(id, value)
    return value
  }

  row(id: string): unknown {
    const rows = this.#rowsOf(id)
    const [first] = rows
    if (first && STREAM.test(first.tag))
      return special(
        `stream ${first.tag}`,
        rows.slice(1).map(({ tag, text }) => [tag, text]),
      )
    if (rows.length > 1) throw new Error(`${rows.length} rows have the id ${id}`)
    if (first?.tag === 'I') return special('module', JSON.parse(first.text))
    if (first && first.tag !== '' && first.tag !== 'T') return special(`row ${first.tag}`, first.text)
    return this.expand(this.#json(id))
  }

  /** The target of `id:key:key`. */
  #at(path: string): unknown {
    const [id = '', ...keys] = path.split(':')
    return keys.length === 0 ? this.row(id) : this.expand(this.#walk(id, keys))
  }

  /** The answer may end before what it promises. */
  #later(id: string): unknown {
    return this.#rows.has(id) ? this.row(id) : special('pending')
  }

  /** Keys lead through references and elements. */
  #walk(id: string, keys: readonly string[]): Json {
    let value = this.#followed(this.#json(id))
    for (const key of keys) {
      const index = isElement(value) ? (OF_ELEMENT[key] ?? key) : key
      const next: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, index) : undefined
      if (!isJson(next)) throw new Error(`${id}:${keys.join(':')} leads nowhere, at ${key}`)
      value = this.#followed(next)
    }
    return value
  }

  /** The JSON that a reference stands for; other values as they are. */
  #followed(value: Json): Json {
    const [, path] = typeof value === 'string' ? (REFERENCE.exec(value) ?? []) : []
    if (path === undefined) return value
    const [id = '', ...keys] = path.split(':')
    return this.#walk(id, keys)
  }

  expand(value: Json): unknown {
    if (typeof value === 'string') return this.#text(value)
    if (typeof value !== 'object' || value === null) return value
    if (this.#expanded.has(value)) return this.#expanded.get(value)
    this.#expanded.set(value, special('circle'))
    const made = this.#object(value)
    this.#expanded.set(value, made)
    return made
  }

  #object(value: Exclude<Json, string | number | boolean | null>): unknown {
    if (isElement(value)) {
      const [, type = null, key = null, props = null] = value
      return { element: this.expand(type), key: this.expand(key), props: this.expand(props) }
    }
    if (Array.isArray(value)) return value.map((one: Json) => this.expand(one))
    // A member without a value is no member: React deletes it.
    const members = Object.entries(value).filter(([, one]) => one !== '$undefined')
    return Object.fromEntries(members.map(([key, one]) => [key, this.expand(one)]))
  }

  /** @see React's `parseModelString` */
  #text(text: string): unknown {
    if (!text.startsWith('$') || text === '$') return text
    if (text.startsWith('$$')) return text.slice(1)
    if (text.startsWith('$L')) return this.#later(text.slice(2))
    if (text.startsWith('$@')) return special('promise', this.#later(text.slice(2)))
    if (/^\$[QWKi][0-9a-f]/.test(text)) return special(text.slice(1, 2), this.#at(text.slice(2)))
    if (/^\$[0-9a-f]/.test(text)) return this.#at(text.slice(1))
    return special('value', text.slice(1))
  }
}

const escaped = (text: string) => (text.startsWith('$') ? `$${text}` : text)

function isJson(value: unknown): value is Json {
  return value !== undefined
}

/** @throws when the bytes are no flight data, or refer to something that is not in them */
export function readFlight(bytes: Buffer): Flight {
  const rows = rowsOf(bytes)
  const hints = rows.filter(({ id, tag }) => id === '' && tag === 'H').map(({ text }) => text)
  const value = new Reader(rows.filter(({ id }) => id !== '')).row('0')
  return { mark: markOf(bytes), value, hints: [...new Set(hints)].toSorted() }
}

const PUSH = /<script>self\.__next_f\.push\((\[1,"(?:[^"\\]|\\.)*"\])\)<\/script>/g
const PUSHES = new RegExp(`(?:${PUSH.source})+`, 'g')

/** A page: what is seen without its scripts of flight data, and these joined. */
export function splitHtml(html: string): { visible: string; flight: Buffer } {
  const flight = Array.from(html.matchAll(PUSH), ([, pushed = '']) => {
    const [, text]: unknown[] = JSON.parse(pushed)
    return String(text)
  }).join('')
  return { visible: html.replaceAll(PUSHES, '<flight data>'), flight: Buffer.from(flight) }
}

/** Finds the first place where two values differ. @returns undefined when they are equal */
export function difference(left: unknown, right: unknown, path = ''): string | undefined {
  if (Object.is(left, right)) return undefined
  if (typeof left === 'string' && typeof right === 'string') return `${path}: ${apart(left, right)}`
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return `${path}: ${shown(left)} and ${shown(right)}`
  if (Array.isArray(left) !== Array.isArray(right)) return `${path}: ${shown(left)} and ${shown(right)}`
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!Object.hasOwn(left, key) || !Object.hasOwn(right, key))
      return `${path}/${key}: only on the ${Object.hasOwn(left, key) ? 'left' : 'right'}`
    const found = difference(Reflect.get(left, key), Reflect.get(right, key), `${path}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

/** Long texts: where they part. */
function apart(left: string, right: string): string {
  let at = 0
  while (left[at] === right[at]) at++
  const from = Math.max(0, at - 60)
  return `${shown(left.slice(from))} and ${shown(right.slice(from))}`
}

const shown = (value: unknown) => (JSON.stringify(value) ?? 'undefined').slice(0, 200)
