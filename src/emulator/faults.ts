import { Refusal } from './errors.ts'
import { type Json, type JsonObject, isObject, shown } from './json.ts'
import { OPERATIONS, type Operation } from './api/paths.ts'
import type { Scenario } from './records.ts'
import { SCENARIOS } from './scenarios.ts'

export type FaultAction =
  | {
      readonly type: 'status'
      readonly status: number
      readonly body?: Json
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly type: 'drop' }
  | { readonly type: 'hang'; readonly ms: number }
  | { readonly type: 'html' }
  | { readonly type: 'truncate'; readonly bytes: number }
  | { readonly type: 'slow'; readonly bytesPerSecond: number }

export interface CallFaultRule {
  readonly id?: string
  readonly operation: Operation
  /** Fires from the nth matching call on (1 when absent) … */
  readonly nth?: number
  /** … this many times (1 when absent). */
  readonly times?: number
  /** Before or after the work is committed. */
  readonly when: 'before' | 'after'
  readonly action: FaultAction
}

export interface BatchFaultRule {
  readonly id?: string
  readonly operation: 'batch'
  /** Applies from the nth batch created after the rule was added (1 when absent) … */
  readonly nth?: number
  /** … to this many batches (1 when absent). */
  readonly times?: number
  readonly action: {
    readonly type: 'scenario'
    readonly name: string
    readonly [option: string]: Json | undefined
  }
}

export type FaultRule = CallFaultRule | BatchFaultRule

export interface FaultCount {
  readonly rule: FaultRule
  readonly id: string
  readonly matched: number
  readonly fired: number
}

export interface FaultBoard {
  /** Adds a rule; returns its id. */
  add(rule: FaultRule): string
  clear(id?: string): number
  /** Counts a call and returns the action that strikes it at this moment, if any. */
  strike(operation: Operation, when: 'before' | 'after'): FaultAction | null
  /** Counts a batch and returns the scenarios it must play. */
  scenariosForNextBatch(): readonly Scenario[]
  report(): readonly FaultCount[]
}

interface Counter {
  readonly rule: FaultRule
  matched: number
  fired: number
}

export function createFaultBoard(): FaultBoard {
  const counters = new Map<string, Counter>()
  let nextId = 1

  const due = (counter: Counter): boolean => {
    counter.matched += 1
    const nth = counter.rule.nth ?? 1
    const hit = counter.matched >= nth && counter.fired < (counter.rule.times ?? 1)
    if (hit) counter.fired += 1
    return hit
  }

  return {
    add: (rule) => {
      const id = rule.id ?? `fault-${nextId++}`
      counters.set(id, { rule, matched: 0, fired: 0 })
      return id
    },
    clear: (id) => {
      const count = id === undefined ? counters.size : Number(counters.has(id))
      if (id === undefined) counters.clear()
      else counters.delete(id)
      return count
    },
    strike: (operation, when) => {
      let action: FaultAction | null = null
      for (const counter of counters.values()) {
        const { rule } = counter
        if (rule.operation === 'batch' || rule.operation !== operation || rule.when !== when) continue
        if (due(counter)) action ??= rule.action
      }
      return action
    },
    scenariosForNextBatch: () => {
      const scenarios: Scenario[] = []
      for (const counter of counters.values()) {
        const { rule } = counter
        if (rule.operation !== 'batch' || !due(counter)) continue
        const { type: _type, name, ...options } = rule.action
        scenarios.push({ name, options })
      }
      return scenarios
    },
    report: () => [...counters].map(([id, { rule, matched, fired }]) => ({ id, rule, matched, fired })),
  }
}

const RULE_FIELDS: readonly string[] = ['id', 'operation', 'nth', 'times', 'when', 'action']

/** Reads a rule that came over the wire; an unknown shape is a 400 that names what is wrong. */
export function parseFaultRule(value: Json | undefined): FaultRule {
  const rule = requireObject(value, 'A fault rule')
  const stranger = Object.keys(rule).find((key) => !RULE_FIELDS.includes(key))
  if (stranger !== undefined) throw wrong(`Unknown field '${stranger}' in a fault rule.`)
  const { id } = rule
  if (id !== undefined && typeof id !== 'string') throw wrong(`'id' must be a string.`)
  const counts = {
    ...readCount(rule, 'nth'),
    ...readCount(rule, 'times'),
    ...(id === undefined ? {} : { id }),
  }
  const action = requireObject(rule['action'], `'action'`)
  if (rule['operation'] === 'batch') return { operation: 'batch', ...counts, action: readScenario(action) }
  const operation = OPERATIONS.find((known) => known === rule['operation'])
  if (!operation) {
    throw wrong(`Unknown operation '${shown(rule['operation'])}'. Known: batch, ${OPERATIONS.join(', ')}.`)
  }
  const { when } = rule
  if (when !== 'before' && when !== 'after') throw wrong(`'when' must be 'before' or 'after'.`)
  return { operation, ...counts, when, action: readAction(action) }
}

function readCount(rule: JsonObject, key: 'nth' | 'times'): { nth?: number; times?: number } {
  const count = rule[key]
  if (count === undefined) return {}
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw wrong(`'${key}' must be a whole number from 1.`)
  }
  return { [key]: count }
}

function readScenario(action: JsonObject): BatchFaultRule['action'] {
  const { type, name, ...options } = action
  if (type !== 'scenario') throw wrong(`Operation 'batch' takes an action of type 'scenario'.`)
  if (typeof name !== 'string' || !SCENARIOS.includes(name)) {
    throw wrong(`Unknown scenario '${shown(name)}'. Known: ${SCENARIOS.join(', ')}.`)
  }
  return { ...options, type, name }
}

const ACTION_TYPES: readonly FaultAction['type'][] = ['status', 'drop', 'hang', 'html', 'truncate', 'slow']

function readAction(action: JsonObject): FaultAction {
  const type = ACTION_TYPES.find((known) => known === action['type'])
  if (!type) throw wrong(`Unknown action '${shown(action['type'])}'. Known: ${ACTION_TYPES.join(', ')}.`)
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
  const headers: Record<string, string> = {}
  for (const [name, item] of Object.entries(requireObject(value, `'headers'`))) headers[name] = shown(item)
  return headers
}

function requireObject(value: Json | undefined, what: string): JsonObject {
  if (!isObject(value)) throw wrong(`${what} must be an object.`)
  return value
}

function wrong(message: string): Refusal {
  return new Refusal(400, { message, code: 'invalid_fault_rule' })
}
