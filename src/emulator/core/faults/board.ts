import type { Scenario } from '../records.ts'
import type { CallScenario, StruckCall } from '../scenarios/definition.ts'
import type { ScenarioBook } from '../scenarios/book.ts'
import { type FaultAction, replacesAnswer } from './action.ts'
import { type FaultRule, type ScenarioRule, isScenarioRule } from './rule.ts'

export interface FaultCount {
  readonly rule: FaultRule
  readonly id: string
  readonly matched: number
  readonly fired: number
}

/** The faults that strike a call at one moment. */
export interface Strike {
  /** At most one of them is in the place of the answer. */
  readonly actions: readonly FaultAction[]
  /** The scenarios that those who answer the call ask for by name. */
  readonly playing: ReadonlyMap<string, Scenario>
}

export interface FaultBoard {
  /** Adds a rule; returns its id. */
  add(rule: FaultRule): string
  clear(id?: string): number
  /** Counts a call and returns what strikes it at this moment. */
  strike(
    call: Omit<StruckCall, 'firing' | 'scenario'>,
    when: 'before' | 'after',
    /** Scenarios that strike afterwards strike what was done only. */
    succeeded?: boolean,
  ): Strike
  /** A scenario of calls that is set, without counting. */
  active(name: string): Scenario | null
  /** Counts a create call of a service and returns a scenario that refuses it, if one is due. */
  refusalOfNextBatch(profile: string): Scenario | null
  /** Counts a batch of a service and returns the scenarios it must play. */
  scenariosForNextBatch(profile: string): readonly Scenario[]
  report(): readonly FaultCount[]
}

/** How often a rule has matched and fired, for each thing that is counted by itself. */
interface Tally {
  matched: number
  fired: number
}

interface Counter {
  readonly rule: FaultRule
  readonly scenario: Scenario | null
  /** Of a scenario of calls. */
  readonly definition: CallScenario | null
  readonly refusesCreate: boolean
  readonly times: number
  readonly tallies: Map<string, Tally>
}

/** A board of the rules that are in force. */
export function makeFaultBoard(book: ScenarioBook): FaultBoard {
  const counters = new Map<string, Counter>()
  let nextId = 1

  /** Counts a match; returns the number of the firing, 0 when the rule is not due or is put off. */
  const fire = (counter: Counter, tallied: string, putOff: boolean = false): number => {
    const tally = counter.tallies.get(tallied) ?? { matched: 0, fired: 0 }
    counter.tallies.set(tallied, tally)
    tally.matched += 1
    if (putOff || tally.matched < (counter.rule.nth ?? 1) || tally.fired >= counter.times) return 0
    tally.fired += 1
    return tally.fired
  }
  const ofBatches = (profile: string, refusing: boolean): readonly Scenario[] =>
    [...counters.values()].flatMap((counter) => {
      const { scenario, definition, refusesCreate } = counter
      if (scenario === null || definition !== null || refusesCreate !== refusing) return []
      if (!book.concerns(scenario.name, profile)) return []
      return fire(counter, '') > 0 ? [scenario] : []
    })

  return {
    add: (rule) => {
      const id = rule.id ?? `fault-${nextId++}`
      counters.set(id, counterOf(book, rule))
      return id
    },
    clear: (id) => {
      const count = id === undefined ? counters.size : Number(counters.has(id))
      if (id === undefined) counters.clear()
      else counters.delete(id)
      return count
    },
    strike: (call, when, succeeded = true) => {
      const actions: FaultAction[] = []
      const playing = new Map<string, Scenario>()
      for (const counter of counters.values()) {
        if (!concerns(counter, call.operation, when)) continue
        // What has an answer already is left for the next call.
        const taken = actions.some(replacesAnswer)
        const { rule, definition, scenario } = counter
        if (!isScenarioRule(rule)) {
          if (fire(counter, '', taken && replacesAnswer(rule.action)) > 0) actions.push(rule.action)
          continue
        }
        if (definition === null || scenario === null || !succeeded) continue
        if (!book.concerns(scenario.name, call.profile)) continue
        const ask = (firing: number): FaultAction | null =>
          definition.strike?.({ ...call, firing, scenario }) ?? null
        const would = taken ? ask(1) : null
        const putOff = would !== null && replacesAnswer(would)
        const firing = fire(counter, definition.perOperation ? call.operation : '', putOff)
        if (firing === 0) continue
        playing.set(scenario.name, scenario)
        const action = ask(firing)
        if (action !== null) actions.push(action)
      }
      return { actions, playing }
    },
    active: (name) => {
      for (const { scenario, definition } of counters.values())
        if (definition !== null && scenario?.name === name) return scenario
      return null
    },
    refusalOfNextBatch: (profile) => ofBatches(profile, true)[0] ?? null,
    scenariosForNextBatch: (profile) => ofBatches(profile, false),
    report: () =>
      [...counters].map(([id, { rule, tallies }]) => ({
        id,
        rule,
        matched: sum([...tallies.values()].map((tally) => tally.matched)),
        fired: sum([...tallies.values()].map((tally) => tally.fired)),
      })),
  }
}

function counterOf(book: ScenarioBook, rule: FaultRule): Counter {
  const found = isScenarioRule(rule) ? book.find(rule.action.name) : undefined
  const definition = found?.concerns === 'call' ? found : null
  return {
    rule,
    scenario: isScenarioRule(rule) ? scenarioOfRule(rule) : null,
    definition,
    refusesCreate: found?.concerns === 'batch' && found.refusesCreate === true,
    times: rule.times ?? definition?.times ?? 1,
    tallies: new Map(),
  }
}

function scenarioOfRule({ action }: ScenarioRule): Scenario {
  const { type: _type, name, ...options } = action
  return { name, options }
}

function concerns({ rule, definition }: Counter, operation: string, when: 'before' | 'after'): boolean {
  if (!isScenarioRule(rule)) return rule.operation === operation && rule.when === when
  if (definition === null || definition.when !== when) return false
  return rule.operation === undefined
    ? definition.operations === 'all' || definition.operations.includes(operation)
    : rule.operation === operation
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
