/**
 * Runs the kernel's Redis scripts as they are: each is parsed, and translated into JavaScript once. Of Lua there is what the scripts use,
 * and anything else is refused by name, when it is translated; a test compares the answers with those of a real Redis. Lua in
 * WebAssembly took half of the time of a history, for the way back and forth of each command.
 */
import { runInThisContext } from 'node:vm'
import { parse, type Expression, type Statement } from 'luaparse'
import { z } from 'zod'

/** The answer of a command or script: nil is null. */
export type Reply = string | number | null | Buffer | readonly Reply[]

/** Runs a command for a script. @throws as the server would refuse it */
export type Call = (args: readonly string[]) => Reply

type Lua = string | number | boolean | undefined | Lua[]
type Function = (...values: Lua[]) => Lua[]
type Script = (library: Readonly<Record<string, Function>>, KEYS: readonly string[], ARGV: readonly string[]) => Lua[]

const isTrue = (value: Lua): boolean => value !== undefined && value !== false
const text = (value: Lua): string =>
  typeof value === 'number' || typeof value === 'string' ? String(value) : refuse('text of another value')
const listOf = (value: Lua): Lua[] => (Array.isArray(value) ? value : refuse('a table where there is none'))

function number(value: Lua): number {
  const found = typeof value === 'string' ? Number(value) : value
  return typeof found === 'number' && !Number.isNaN(found) ? found : refuse(`arithmetic on ${String(value)}`)
}

function refuse(what: string): never {
  throw new Error(`e2e/simulation/lua.ts does not know this of Lua: ${what}`)
}

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', x: '0-9A-Fa-f', S: String.raw`\S` }
const patterns = new Map<string, RegExp>()

function patternOf(pattern: string): RegExp {
  let source = ''
  let isInSet = false
  for (let i = 0; i < pattern.length; i++) {
    const one = pattern[i] ?? ''
    if (one === '%') {
      const named = CLASSES[pattern[++i] ?? ''] ?? refuse(`the pattern ${pattern}`)
      source += isInSet ? named : `[${named}]`
      continue
    }
    if (one === '-') refuse(`the pattern ${pattern}`)
    if (one === '[' || one === ']') isInSet = one === '['
    source += one === '.' && !isInSet ? String.raw`[\s\S]` : one === '|' || one === '{' ? `\\${one}` : one
  }
  return new RegExp(source)
}

function match(value: Lua, pattern: Lua): Lua[] {
  const wanted = text(pattern)
  const known = patterns.get(wanted) ?? patternOf(wanted)
  patterns.set(wanted, known)
  const found = known.exec(text(value))
  if (!found) return [undefined]
  return found.length > 1 ? found.slice(1) : [found[0]]
}

function format(pattern: Lua, ...values: Lua[]): Lua[] {
  let at = 0
  return [
    text(pattern).replace(/%(\.0f|s|.)/g, (_, kind: string) => {
      const value = values[at++]
      return kind === 's'
        ? text(value)
        : kind === '.0f'
          ? number(value).toFixed(0)
          : refuse(`the format ${text(pattern)}`)
    }),
  ]
}

function insert(list: Lua, ...rest: Lua[]): Lua[] {
  if (rest.length === 1) listOf(list).push(rest[0])
  else listOf(list).splice(number(rest[0]) - 1, 0, rest[1])
  return []
}

const toNumber = (value: Lua): Lua[] => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return [typeof found === 'number' && !Number.isNaN(found) ? found : undefined]
}

/** The log of changes is all that the scripts decode. */
const listOfTexts = z.array(z.string())

const LIBRARY: Readonly<Record<string, Function>> = {
  'string.match': match,
  'string.format': format,
  'string.find': (value, wanted, _from, isPlain) => {
    if (isPlain !== true) refuse('string.find with a pattern')
    const at = text(value).indexOf(text(wanted))
    return [at < 0 ? undefined : at + 1]
  },
  'table.insert': insert,
  'math.max': (...values) => [Math.max(...values.map(number))],
  'math.min': (...values) => [Math.min(...values.map(number))],
  'math.ceil': (value) => [Math.ceil(number(value))],
  'cjson.encode': (value) => [JSON.stringify(value)],
  'cjson.decode': (value) => [listOfTexts.parse(JSON.parse(text(value)))],
  tonumber: toNumber,
  unpack: (list, from = 1, to = listOf(list).length) => listOf(list).slice(number(from) - 1, number(to)),
}

/** Helpers of the translated code. */
const RUNTIME = {
  isTrue,
  number,
  text,
  listOf,
  at: (list: Lua, i: Lua) => listOf(list)[number(i) - 1],
  set: (list: Lua, i: Lua, value: Lua) => void (listOf(list)[number(i) - 1] = value),
  size: (value: Lua) => (typeof value === 'string' ? value.length : listOf(value).length),
}

/** A value, or several where the last of a list may have them: a call. */
const list = (parts: readonly Expression[]): string =>
  parts
    .map((part, i) => (part.type === 'CallExpression' && i === parts.length - 1 ? `...${call(part)}` : value(part)))
    .join()

function call(expression: Expression): string {
  if (expression.type !== 'CallExpression') return refuse(expression.type)
  const { base } = expression
  const name =
    base.type === 'MemberExpression' && base.base.type === 'Identifier'
      ? `${base.base.name}.${base.identifier.name}`
      : base.type === 'Identifier'
        ? base.name
        : refuse(base.type)
  const isKnown = name in LIBRARY || name === 'redis.call'
  return `${isKnown ? `library[${JSON.stringify(name)}]` : `$${name}`}(${list(expression.arguments)})`
}

const OPERATORS: Readonly<Record<string, string>> = {
  '==': '===',
  '~=': '!==',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function value(expression: Expression): string {
  switch (expression.type) {
    case 'StringLiteral':
      return expression.raw.startsWith("'") || expression.raw.startsWith('"')
        ? JSON.stringify(expression.raw.slice(1, -1))
        : refuse(expression.raw)
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return String(expression.value)
    case 'NilLiteral':
      return 'undefined'
    case 'Identifier':
      return `$${expression.name}`
    case 'CallExpression':
      return `${call(expression)}[0]`
    case 'IndexExpression':
      return `L.at(${value(expression.base)},${value(expression.index)})`
    case 'TableConstructorExpression':
      return `[${list(expression.fields.map((field) => (field.type === 'TableValue' ? field.value : refuse(field.type))))}]`
    case 'LogicalExpression': {
      const [left, right] = [value(expression.left), value(expression.right)]
      return expression.operator === 'and'
        ? `((x)=>L.isTrue(x)?${right}:x)(${left})`
        : `((x)=>L.isTrue(x)?x:${right})(${left})`
    }
    case 'UnaryExpression': {
      const one = value(expression.argument)
      if (expression.operator === 'not') return `!L.isTrue(${one})`
      return expression.operator === '#' ? `L.size(${one})` : `-L.number(${one})`
    }
    case 'BinaryExpression': {
      const [left, right] = [value(expression.left), value(expression.right)]
      const { operator } = expression
      if (operator === '..') return `(L.text(${left})+L.text(${right}))`
      if (operator in OPERATORS) return `(${left} ${OPERATORS[operator]} ${right})`
      return '+-*/%'.includes(operator) ? `(L.number(${left})${operator}L.number(${right}))` : refuse(operator)
    }
    default:
      return refuse(expression.type)
  }
}

const block = (body: readonly Statement[]): string => `{${body.map(statement).join('')}}`

function statement(one: Statement): string {
  switch (one.type) {
    case 'LocalStatement':
      return `let [${one.variables.map(({ name }) => (name === '_' ? '' : `$${name}`)).join()}]=[${list(one.init)}];`
    case 'AssignmentStatement': {
      const targets = one.variables.map((target, i) =>
        target.type === 'Identifier'
          ? `$${target.name}=v[${i}];`
          : target.type === 'IndexExpression'
            ? `L.set(${value(target.base)},${value(target.index)},v[${i}]);`
            : refuse(target.type),
      )
      return `{const v=[${list(one.init)}];${targets.join('')}}`
    }
    case 'CallStatement':
      return `${call(one.expression)};`
    case 'ReturnStatement':
      return `return [${list(one.arguments)}];`
    case 'FunctionDeclaration': {
      const names = one.parameters.map((parameter) =>
        parameter.type === 'Identifier' ? `$${parameter.name}` : refuse(parameter.type),
      )
      return `const $${one.identifier?.type === 'Identifier' ? one.identifier.name : refuse('a function without a name')}=(${names.join()})=>{${one.body.map(statement).join('')}return []};`
    }
    case 'IfStatement':
      return one.clauses
        .map((clause) =>
          clause.type === 'ElseClause'
            ? `else ${block(clause.body)}`
            : `${clause.type === 'IfClause' ? '' : 'else '}if(L.isTrue(${value(clause.condition)}))${block(clause.body)}`,
        )
        .join('')
    case 'BreakStatement':
      return 'break;'
    case 'ForNumericStatement':
      return `for(let $${one.variable.name}=${value(one.start)},end=${value(one.end)},step=${one.step ? value(one.step) : 1};$${one.variable.name}<=end;$${one.variable.name}+=step)${block(one.body)}`
    case 'ForGenericStatement': {
      const [iterated] = one.iterators
      const isKnown =
        one.iterators.length === 1 &&
        iterated?.type === 'CallExpression' &&
        iterated.base.type === 'Identifier' &&
        iterated.base.name === 'ipairs'
      if (!isKnown) return refuse('a loop over something else than ipairs')
      const [i = '', item = ''] = one.variables.map(({ name }) => `$${name}`)
      return `for(let [at,${item}] of L.listOf(${list(iterated.arguments)}).entries()){let ${i}=at+1;if(${item}===undefined)break;${one.body.map(statement).join('')}}`
    }
    default:
      return refuse(one.type)
  }
}

function translate(lua: string): Script {
  const { body } = parse(lua, { comments: false })
  const code = `const $KEYS=KEYS,$ARGV=ARGV;${body.map(statement).join('')}return []`
  const make: (runtime: typeof RUNTIME) => Script = runInThisContext(`(L)=>(library,KEYS,ARGV)=>{${code}}`)
  return make(RUNTIME)
}

const toLua = (reply: Reply): Lua =>
  reply === null
    ? false
    : typeof reply === 'object'
      ? 'map' in reply && !Buffer.isBuffer(reply)
        ? reply.map(toLua)
        : String(reply)
      : reply

function toReply(result: Lua): Reply {
  if (Array.isArray(result)) {
    const end = result.indexOf(undefined)
    return (end < 0 ? result : result.slice(0, end)).map(toReply)
  }
  if (typeof result === 'number') return Math.trunc(result)
  return typeof result === 'string' ? result : result === true ? 1 : null
}

export class Scripts {
  readonly #scripts = new Map<string, Script>()
  #pieces: readonly (readonly [piece: string, instead: string])[] = []

  /** @param pieces of scripts, and what stands in their place from now on */
  replace(pieces: readonly (readonly [piece: string, instead: string])[] = []): void {
    this.#pieces = pieces
    this.#scripts.clear()
  }

  /** @throws what `call` throws, after which a script goes no further */
  run(lua: string, keys: readonly string[], argv: readonly string[], call: Call): Reply {
    let script = this.#scripts.get(lua)
    if (!script) {
      script = translate(this.#pieces.reduce((changed, [piece, instead]) => changed.replace(piece, () => instead), lua))
      this.#scripts.set(lua, script)
    }
    const library = { ...LIBRARY, 'redis.call': (...values: Lua[]) => [toLua(call(values.map(text)))] }
    return toReply(script(library, keys, argv)[0])
  }
}
