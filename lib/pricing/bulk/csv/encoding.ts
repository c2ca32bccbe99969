/**
 * Finds the encoding of a file: by its mark, by its bytes, or by a question. Ours, and neither chardet nor jschardet: price
 * lists are too short for their statistics. chardet takes UTF-16 without a mark for ISO-8859-1, jschardet a German
 * Windows-1252 for cp862. Node decodes each of these encodings, so iconv-lite has nothing to do.
 */
import { notCsv } from './errors.ts'
import { namesColumns } from './headerRow.ts'
import { type Encoding, ENCODINGS, type ImportQuestion } from './questions.ts'
import type { Spool } from './spool.ts'

const SNIFFED_BYTES = 64 * 1024
const SAMPLES = 3
const SAMPLE_BYTES = 80

/** Files that people send in place of a text. */
const SIGNATURES: readonly [bytes: readonly number[], what: string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook (.xlsx) or another archive'],
  [[0x50, 0x4b, 0x05, 0x06], 'an empty archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook (.xls)'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'an archive'],
  [[0x52, 0x61, 0x72, 0x21, 0x1a], 'an archive'],
  [[0x89, 0x50, 0x4e, 0x47], 'a picture'],
  [[0xff, 0xd8, 0xff], 'a picture'],
  [[0xff, 0xfe, 0x00, 0x00], 'a text in UTF-32'],
  [[0x00, 0x00, 0xfe, 0xff], 'a text in UTF-32'],
]
const MARKS: readonly [bytes: readonly number[], encoding: Encoding][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

const begins = (bytes: Uint8Array, with_: readonly number[]) => with_.every((byte, i) => bytes[i] === byte)

export interface FileEncoding {
  readonly encoding: Encoding
  /** When the bytes do not say it: `encoding` is what is suggested. */
  readonly question?: ImportQuestion
}

async function firstBytes(file: Spool): Promise<Uint8Array> {
  for await (const chunk of file.chunks()) return chunk.subarray(0, SNIFFED_BYTES)
  return new Uint8Array()
}

/** The digits, commas and line ends of a price list are half NUL in UTF-16, all in the same half. */
function utf16WithoutMark(bytes: Uint8Array): Encoding | undefined {
  const nuls = [0, 0]
  for (const [i, byte] of bytes.entries()) if (byte === 0) nuls[i % 2] = (nuls[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nuls
  const many = bytes.length / 10
  if (odd > many && even < odd / 10) return 'utf-16le'
  return even > many && odd < even / 10 ? 'utf-16be' : undefined
}

/** Fewer may be slips in a text. */
const MANY_CONTROLS = 3

/** A text has hardly any control characters but tabs, line ends, NULs of a program that pads, and the end mark of DOS. */
function isNoText(bytes: Uint8Array): boolean {
  const controls = bytes.filter((byte) => byte < 0x20 && byte !== 0 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1a)
  return controls.length > MANY_CONTROLS && controls.length * 100 > bytes.length
}

/** Whether more of its characters beyond ASCII are UTF-8 than are not: such a file was put together from several. */
async function isMostlyUtf8(file: Spool): Promise<boolean> {
  let [all, wrong] = [0, 0]
  for await (const text of decoded(file, 'utf-8')) {
    all += text.match(/[^\0-\x7f]/g)?.length ?? 0
    wrong += text.match(/\ufffd/g)?.length ?? 0
  }
  return all > 2 * wrong
}

async function isUtf8(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const part of parts) decoder.decode(part, { stream: true })
    decoder.decode()
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

interface ByteLine {
  readonly line: number
  readonly bytes: Uint8Array
}

/** The first lines that are not UTF-8, cut to what stands around their first byte that is no ASCII. */
async function linesInDoubt(file: Spool): Promise<ByteLine[]> {
  const found: ByteLine[] = []
  let [line, rest] = [1, Buffer.alloc(0)]
  const look = async (bytes: Uint8Array) => {
    const at = bytes.findIndex((byte) => byte >= 0x80)
    if (at >= 0 && !(await isUtf8([bytes])))
      found.push({ line, bytes: bytes.slice(Math.max(0, at - SAMPLE_BYTES / 2), at + SAMPLE_BYTES / 2) })
  }
  for await (const chunk of file.chunks()) {
    let from = 0
    for (let end = chunk.indexOf(0x0a); end >= 0 && found.length < SAMPLES; end = chunk.indexOf(0x0a, from)) {
      await look(Buffer.concat([rest, chunk.subarray(from, end)]))
      ;[line, from, rest] = [line + 1, end + 1, Buffer.alloc(0)]
    }
    if (found.length === SAMPLES) return found
    // Text far before the next line end is not shown.
    rest = Buffer.concat([rest, chunk.subarray(from)]).subarray(-SNIFFED_BYTES)
  }
  await look(rest)
  return found
}

/** Windows-1252 leaves these open: a text with one of them is in another encoding. */
const OPEN_IN_1252 = /[\u0081\u008d\u008f\u0090\u009d]/

/** The euro of ISO-8859-15 beside a digit, in a text without a letter that only Windows-1252 has: there it is `¤`, of no use in a price. */
function hasOtherEuro(bytes: Uint8Array): boolean {
  const text = new TextDecoder('windows-1252').decode(bytes)
  return /\d[ \u00a0]?¤|¤[ \u00a0]?\d/.test(text) && !bytes.some((byte) => byte >= 0x80 && byte < 0xa0)
}

const decodeAs = (encoding: Encoding, bytes: Uint8Array) =>
  new TextDecoder(encoding).decode(bytes).replaceAll(/\s+/g, ' ').trim()

/** @param mostly whether most of it is UTF-8 */
async function question(file: Spool, mostly: boolean): Promise<ImportQuestion> {
  const lines = await linesInDoubt(file)
  const readable = !lines.some(({ bytes }) => OPEN_IN_1252.test(decodeAs('windows-1252', bytes)))
  const guesses: readonly Encoding[] = [
    ...(mostly ? (['utf-8'] as const) : []),
    'windows-1252',
    'iso-8859-15',
    'macintosh',
    'windows-1250',
    'windows-1251',
    'shift_jis',
    'euc-kr',
    'gb18030',
    'big5',
    'windows-1253',
    'windows-1254',
  ]
  const [first] = lines
  // A header in words that are known says it.
  const known = mostly
    ? 0
    : guesses.findIndex((encoding) => namesColumns(new TextDecoder(encoding).decode(first?.bytes).split(/[,;|\t\r]/)))
  const guess = known >= 0 ? known : readable ? 0 : null
  const suggested =
    guesses[guess ?? -1] === 'windows-1252' && hasOtherEuro(await firstBytes(file))
      ? guesses.indexOf('iso-8859-15')
      : guess
  const name = ENCODINGS[guesses[suggested ?? -1] ?? 'utf-8'].split(',', 1)[0]
  return {
    id: 'encoding',
    kind: 'encoding',
    message: mostly
      ? 'Most of the file is UTF-8, and some lines are not. Rows whose SKU or amounts cannot be read are left out. Or is it another encoding? Look at the letters and signs of the samples.'
      : `The file is not UTF-8${suggested === null ? '' : `; it reads as ${name}`}. Which encoding is it in? Look at the letters and signs of the samples.`,
    samples: lines.map(({ line, bytes }) => ({
      line,
      text: decodeAs(guesses[suggested ?? 0] ?? 'windows-1252', bytes),
      readAs: null,
    })),
    answers: guesses.map((value) => ({
      parameter: 'encoding',
      value,
      label: `${ENCODINGS[value]}${first ? `: ${decodeAs(value, first.bytes)}` : ''}`,
    })),
    suggested,
  }
}

/**
 * @param answered the encoding that was stated; then nothing is asked
 * @throws {CsvRefusedError} for what is no text
 */
export async function encodingOf(file: Spool, answered: Encoding | undefined): Promise<FileEncoding> {
  const first = await firstBytes(file)
  const [, what] = SIGNATURES.find(([bytes]) => begins(first, bytes)) ?? []
  if (what !== undefined) throw notCsv(what)
  const [, marked] = MARKS.find(([bytes]) => begins(first, bytes)) ?? []
  const known = answered ?? marked ?? utf16WithoutMark(first)
  if (known === 'utf-16le' || known === 'utf-16be') return { encoding: known }
  if (answered !== undefined) return { encoding: answered }
  if (isNoText(first)) throw notCsv('no text, but a file of another program')
  if (await isUtf8(file.chunks())) return { encoding: 'utf-8' }
  const mostly = await isMostlyUtf8(file)
  return { encoding: mostly ? 'utf-8' : 'windows-1252', question: await question(file, mostly) }
}

/** Whether nothing else can be asked yet: what the columns are called depends on the encoding. */
export function asksForNames({ question }: FileEncoding, header: readonly string[]): boolean {
  return question !== undefined && header.some((cell) => /[^ -~\s]/.test(cell))
}

/** The text of the file, without a mark. What is none in this encoding becomes U+FFFD. */
export async function* decoded(file: Spool, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of file.chunks()) {
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const end = decoder.decode()
  if (end !== '') yield end
}
