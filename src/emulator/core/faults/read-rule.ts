import { Refusal } from '../errors.ts'
import { type Json, type JsonObject, isObject, shown } from '../json.ts'
import type { ScenarioBook } from '../scenarios/book.ts'
import { readOptions } from '../scenarios/read-options.ts'
import type { FaultAction } from './action.ts'
import type { FaultRule, ScenarioRule } from './rule.ts'

const ruleFields: readonly string[] = ['id', 'operation', 'nth', 'times', 'when', 'action']

/** A rule that came over the wire; an unknown shape is a 400 that names what is wrong. */
export function readFaultRule(book: ScenarioBook, value: Json | undefined): FaultRule {
  const rule = requireObject(value, 'A fault rule')
  const unknownField = Object.keys(rule).find((key) => !ruleFields.includes(key))
  if (unknownField !== undefined) throw wrong(`Unknown field '${unknownField}' in a fault rule.`)
  const { id } = rule
  if (id !== undefined && typeof id !== 'string') throw wrong(`'id' must be a string.`)
  const counts = {
    ...readCount(rule, 'nth'),
    ...readCount(rule, 'times'),
    ...(id === undefined ? {} : { id }),
  }
  const action = requireObject(rule['action'], `'action'`)
  if (action['type'] === 'scenario') return readScenarioRule(book, rule, action, counts)
  if (rule['operation'] === 'batch') throw wrong(`Operation 'batch' takes an action of type 'scenario'.`)
  const operation = book.operations.find((known) => known === rule['operation'])
  if (operation === undefined) throw unknownOperation(book, rule['operation'])
  const { when } = rule
  if (when !== 'before' && when !== 'after') throw wrong(`'when' must be 'before' or 'after'.`)
  return { operation, ...counts, when, action: readAction(action) }
}

function unknownOperation(book: ScenarioBook, given: Json | undefined): Refusal {
  return wrong(`Unknown operation '${shown(given)}'. Known: batch, ${book.operations.join(', ')}.`)
}

function readCount(rule: JsonObject, key: 'nth' | 'times'): { nth?: number; times?: number } {
  const count = rule[key]
  if (count === undefined) return {}
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw wrong(`'${key}' must be a whole number from 1.`)
  }
  return { [key]: count }
}

function readScenarioRule(
  book: ScenarioBook,
  rule: JsonObject,
  action: JsonObject,
  counts: Pick<ScenarioRule, 'id' | 'nth' | 'times'>,
): ScenarioRule {
  const { type: _type, name, ...given } = action
  const definition = typeof name === 'string' ? book.find(name) : undefined
  if (definition === undefined) throw wrong(book.unknown(shown(name)))
  if (rule['when'] !== undefined) throw wrong(`'when' belongs to ${definition.name} itself.`)
  const options = readOptions(definition, given)
  const read: ScenarioRule = { ...counts, action: { ...options, type: 'scenario', name: definition.name } }
  const { operation } = rule
  if (operation === undefined) return read
  if (definition.concerns === 'batch') {
    if (operation !== 'batch')
      throw wrong(
        `Scenario '${definition.name}' is about a batch: its operation is 'batch', not '${shown(operation)}'.`,
      )
    return { operation: 'batch', ...read }
  }
  const call = book.operations.find((known) => known === operation)
  if (operation !== 'batch' && call === undefined) throw unknownOperation(book, operation)
  const struck = definition.operations === 'all' ? book.operations : definition.operations
  if (call === undefined || !struck.includes(call))
    throw wrong(
      `Scenario '${definition.name}' is about calls: leave 'operation' out, or name one of ${struck.join(', ')}.`,
    )
  return { operation: call, ...read }
}

/** The actions that a rule can name; the others belong to scenarios. */
const actionTypes = ['status', 'drop', 'hang', 'html', 'truncate', 'slow'] as const

function readAction(action: JsonObject): FaultAction {
  const type = actionTypes.find((known) => known === action['type'])
  if (!type)
    throw wrong(`Unknown action '${shown(action['type'])}'. Known: scenario, ${actionTypes.join(', ')}.`)
  const number = (field: string): number => {
    const given = action[field]
    if (typeof given !== 'number' || !(given >= 0)) {
      throw wrong(`Action '${type}' needs '${field}', a number from 0.`)
    }
    return given
  }
  switch (type) {
    case 'drop':
    case 'html':
      return { type }
    case 'hang':
      return { type, ms: number('ms') }
    case 'truncate':
      return { type, bytes: number('bytes') }
    case 'slow':
      return { type, bytesPerSecond: number('bytesPerSecond') }
    case 'status':
      return {
        type,
        status: number('status'),
        headers: readHeaders(action['headers']),
        ...(action['body'] === undefined ? {} : { body: action['body'] }),
      }
    default:
      return type satisfies never
  }
}

function readHeaders(value: Json | undefined): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  const headers = Object.entries(requireObject(value, `'headers'`))
  return Object.fromEntries(headers.map(([name, item]) => [name, shown(item)]))
}

function requireObject(value: Json | undefined, what: string): JsonObject {
  if (!isObject(value)) throw wrong(`${what} must be an object.`)
  return value
}

function wrong(message: string): Refusal {
  return new Refusal(400, { message, code: 'invalid_fault_rule' })
}
