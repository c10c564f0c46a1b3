import { Refusal } from '../errors.ts'
import { readFaultRule } from '../faults/read-rule.ts'
import type { FaultRule } from '../faults/rule.ts'
import type { Json } from '../json.ts'
import type { ScenarioBook } from './book.ts'
import { optionFromText } from './read-options.ts'
import { ownValue } from '../json.ts'

const flagForm =
  'name, name@3 (the third batch or call), name@all; options after a colon: name@all:every=5,counts=zero'

/**
 * A scenario as it is written on a command line: `name`, `name@3` (from the third batch or call), `name@all`, then its
 * options: `name@all:every=5,counts=zero`. Of the options, `times` and `operation` belong to every scenario.
 */
export function parseScenarioFlag(book: ScenarioBook, text: string): FaultRule {
  const colon = text.indexOf(':')
  const [head, tail] = colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  const [name = '', where, ...rest] = head.split('@')
  const definition = book.find(name)
  if (definition === undefined) throw new Refusal(400, { message: book.unknown(text) })
  const nth = where === undefined || where === 'all' ? 1 : Number(where)
  if (!Number.isInteger(nth) || nth < 1 || rest.length > 0) {
    throw new Refusal(400, { message: `Scenario '${text}' is written as ${flagForm}.` })
  }
  const { times, operation, ...options } = readPairs(text, tail)
  return readFaultRule(book, {
    ...(nth === 1 ? {} : { nth }),
    ...timesOf(where, times),
    ...(operation === undefined ? {} : { operation }),
    action: {
      type: 'scenario',
      name,
      ...Object.fromEntries(
        Object.entries(options).map(([key, value]) => [
          key,
          optionFromText(ownValue(definition.options ?? {}, key), value),
        ]),
      ),
    },
  })
}

/** The problem of a scenario as it is written on a command line, in words; `null`: none. */
export function checkFlag(book: ScenarioBook, text: string): string | null {
  try {
    parseScenarioFlag(book, text)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

function timesOf(where: string | undefined, times: string | undefined): Record<string, Json> {
  if (times !== undefined) return { times: Number(times) }
  return where === 'all' ? { times: Number.MAX_SAFE_INTEGER } : {}
}

function readPairs(text: string, tail: string): Record<string, string> {
  const pairs = new Map<string, string>()
  for (const part of tail === '' ? [] : tail.split(',')) {
    const equals = part.indexOf('=')
    if (equals < 1) throw new Refusal(400, { message: `Scenario '${text}' is written as ${flagForm}.` })
    pairs.set(part.slice(0, equals), part.slice(equals + 1))
  }
  return Object.fromEntries(pairs)
}
