/**
 * The house rules that no built-in lint rule expresses; .oxlintrc.json turns them on.
 * Each is seen failing on a planted violation in houseRules.test.ts.
 */

import { ROOMS, roomsOf } from './rooms.mjs'

/** The beginning of a Redis key of this project; two files alone may say so. */
const KEY_PREFIX = /^(\{ix\}|\{evergreen-queue\}|evergreen:|price:v\d)/

/** Commands whose first argument is a key. */
const KEY_COMMANDS = new Set(
  (
    'get set del unlink mget mset incr incrby expire pexpire ttl exists getdel getset append hget hset hmget hgetall hdel ' +
    'sadd srem smembers sismember zadd zrem zrange zrangebyscore zcard lpush rpush lpop rpop lrange llen xadd xread'
  ).split(' '),
)

/** A Redis connection goes by one of these names. */
const CONNECTION = /^(\w*redis|pipeline|multi|connection)$/i

/** @param {import('./ast.d.ts').Node} node @returns {string | undefined} what a written-out string begins with */
function spelled(node) {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'TemplateLiteral') return node.quasis?.[0]?.value.cooked
  return undefined
}

/** @param {import('./ast.d.ts').Node | undefined} node @returns {string} */
function nameOf(node) {
  if (node?.type === 'Identifier') return node.name ?? ''
  if (node?.type === 'MemberExpression') return nameOf(node.property)
  if (node?.type === 'CallExpression') return nameOf(node.callee)
  return ''
}

const redisKeys = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    const message =
      'A Redis key is spelled here: take it from lib/platform/redisKeys.ts or lib/coherence/protocol/keys.ts.'
    /** @param {import('./ast.d.ts').Node} node */
    const prefix = (node) => {
      if (KEY_PREFIX.test(spelled(node) ?? '')) context.report({ node, message })
    }
    return {
      Literal: prefix,
      TemplateLiteral: prefix,
      /** @param {import('./ast.d.ts').Node} node */
      CallExpression(node) {
        const [key] = node.arguments ?? []
        const callee = node.callee
        if (!key || callee?.type !== 'MemberExpression') return
        const text = spelled(key)
        if (text === undefined || KEY_PREFIX.test(text)) return
        if (KEY_COMMANDS.has(nameOf(callee.property)) && CONNECTION.test(nameOf(callee.object)))
          context.report({ node: key, message })
      },
    }
  },
}

const silencedCompiler = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    return {
      /** @param {import('./ast.d.ts').Node} node */
      TSAsExpression(node) {
        const target = node.typeAnnotation?.type
        if (target === 'TSNeverKeyword' || target === 'TSAnyKeyword' || target === 'TSUnknownKeyword') {
          context.report({ node, message: 'This `as` silences the compiler: narrow the type, or parse the value.' })
        }
      },
    }
  },
}

const rooms = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    /** @param {import('./ast.d.ts').Node} node */
    const check = (node) => {
      if (context.filename.endsWith('.test.ts')) return // a test may bring what it tests together with what uses it
      const specifier = node.source?.value
      const pair = typeof specifier === 'string' ? roomsOf(context.filename, specifier) : undefined
      if (!pair || ROOMS.indexOf(pair.from) < ROOMS.indexOf(pair.to)) return
      context.report({
        node,
        message: `lib/${pair.from} lies below lib/${pair.to}: imports point down the list in tools/lint/rooms.mjs.`,
      })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    }
  },
}

/** The parts of the kernel that the rest of the project may import. Its tests and its conformance suite are for tests. */
const KERNEL_DOORS = /^#lib\/coherence\/(?:index|next|tags)\.ts$/

const kernelDoors = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    if (/(?:^|\/)lib\/coherence\/|\.test\.ts$|\/testing\//.test(context.filename)) return {}
    /** @param {import('./ast.d.ts').Node} node */
    const check = (node) => {
      const specifier = node.source?.value
      if (typeof specifier !== 'string' || !specifier.startsWith('#lib/coherence/') || KERNEL_DOORS.test(specifier))
        return
      context.report({
        node,
        message: 'The kernel has three doors: import lib/coherence/index.ts, next.ts or tags.ts.',
      })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    }
  },
}

/** The parts that a root makes and hands on: docs/decisions/composition.md. */
const LOOKED_UP = new Set(['db', 'indexRedis', 'cacheRedis', 'coherence', 'versionIndex', 'bulkQueue', 'edge'])

/** The files that are given what they need: all but roots, and what Next calls without a place for our arguments. */
const GIVEN =
  /(?:^|\/)(?:server\.ts$|app\/|cli\/\w+\/|workers\/(?!index\.ts$|prober\.ts$)|lib\/(?:alerts|cdn|delivery|verification|observability\/(?!dashboard\/)\w+|web(?!\/parts\.ts$))\/)/

const givenParts = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    if (!GIVEN.test(context.filename) || /\.test\.ts$|\/testing\/|(?:^|\/)e2e\//.test(context.filename)) return {}
    return {
      /** @param {import('./ast.d.ts').Node} node */
      ImportDeclaration(node) {
        for (const specifier of node.specifiers ?? []) {
          const name = nameOf(specifier.imported)
          if (LOOKED_UP.has(name))
            context.report({
              node: specifier,
              message: `Take what ${name}() would look up as an argument. Next hands on none: ask webParts() there.`,
            })
        }
      },
    }
  },
}

/** A currency that is spelled: its sign, or the code of the one that the shop began with. */
const SPELLED_CURRENCY = /[€£¥₩]|(?<![A-Za-z])EUR(?![A-Za-z])/

/** An amount of minor units goes by such a name. */
const AMOUNT_NAME = /cents|minor|amount/i

/** @param {import('./ast.d.ts').Node | undefined} node @returns {boolean} an amount, or one that is reckoned with */
function isAmount(node) {
  if (node?.type === 'BinaryExpression') return isAmount(node.left) || isAmount(node.right)
  return AMOUNT_NAME.test(nameOf(node))
}

const currencies = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    if (/\.(test|spec)\.tsx?$/.test(context.filename)) return {} // a test says what people see
    const from = 'take it from lib/money/currencies.ts.'
    /** @param {import('./ast.d.ts').Node} node @param {string | undefined} text */
    const check = (node, text) => {
      if (SPELLED_CURRENCY.test(text ?? '')) context.report({ node, message: `A currency is spelled here: ${from}` })
    }
    return {
      /** @param {import('./ast.d.ts').Node} node */
      Literal: (node) => check(node, node.regex?.pattern ?? (typeof node.value === 'string' ? node.value : undefined)),
      /** @param {import('./ast.d.ts').Node} node */
      TemplateLiteral: (node) => check(node, node.quasis?.map(({ value }) => value.cooked).join(' ')),
      /** @param {import('./ast.d.ts').Node} node */
      JSXText: (node) => check(node, typeof node.value === 'string' ? node.value : undefined),
      /** @param {import('./ast.d.ts').Node} node */
      BinaryExpression(node) {
        const parts = node.operator === '/' || node.operator === '%'
        if (parts && node.right?.value === 100 && isAmount(node.left))
          context.report({ node, message: `How many minor units a unit has depends on the currency: ${from}` })
      },
    }
  },
}

const conditionalTests = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    return {
      /** @param {import('./ast.d.ts').Node} node */
      CallExpression(node) {
        const { callee } = node
        if (callee?.type !== 'MemberExpression' || !/^(?:runIf|skipIf)$/.test(nameOf(callee.property))) return
        context.report({
          node,
          message: 'A test is not left out where a program is missing: tools/testing/programs.ts installs it.',
        })
      },
    }
  },
}

const boundedWaits = {
  /** @param {import('./ast.d.ts').Context} context */
  create(context) {
    return {
      /** @param {import('./ast.d.ts').Node} node */
      CallExpression(node) {
        const { callee } = node
        if (callee?.type !== 'MemberExpression' || nameOf(callee.object) !== 'vi') return
        if (!/^wait(?:For|Until)$/.test(nameOf(callee.property))) return
        const bound = node.arguments?.[1]
        const isBounded =
          bound?.type !== 'ObjectExpression' || bound.properties?.some(({ key }) => nameOf(key) === 'timeout')
        if (bound && isBounded) return
        context.report({
          node,
          message: 'Without a bound of its own it waits for one second, which a busy machine exceeds: name one.',
        })
      },
    }
  },
}

const plugin = {
  meta: { name: 'evergreen' },
  rules: {
    'redis-keys': redisKeys,
    'silenced-compiler': silencedCompiler,
    rooms,
    'kernel-doors': kernelDoors,
    'given-parts': givenParts,
    currencies,
    'conditional-tests': conditionalTests,
    'bounded-waits': boundedWaits,
  },
}

// oxlint asks a plugin for a default export.
export default plugin
